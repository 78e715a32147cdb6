namespace Pulumi.Command.Remote.Outputs;


