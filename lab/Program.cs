using Infra.Cli.CommandLine;
using Infra.Lab.Benches;
using Infra.Lab.Cloud.Commands;
using Infra.Lab.Linux;
using Infra.Lab.Stacks.Commands;

HostProgram.FixUmask();
var terminal = Terminal.ForThisProcess();
return await InfraCommand.InvokeAsync(args, terminal,
[
    UpCommand.Create(terminal),
    AskCommand.Create(terminal),
    StatusCommand.Create(terminal),
    DownCommand.Create(terminal),
    MirrorsCommand.Create(terminal),
    BenchCommand.Create(terminal),
    .. NodeCommands.Create(terminal),
    .. CloudCommand.Create(terminal),
    .. SandboxProcesses.Create(terminal),
]);
