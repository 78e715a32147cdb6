using Infra.Cli.CommandLine;
using Infra.Lab.Benches;
using Infra.Lab.Laboratories.Commands;
using Infra.Lab.Linux;

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
    .. LaboratoryProcesses.Create(terminal),
]);
