using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Cli.Preview;

var terminal = Terminal.ForThisProcess();
return await InfraCommand.InvokeAsync(args, terminal, [PreviewCommand.Create(terminal), PlanCommand.Create(terminal)]);
