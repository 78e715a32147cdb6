using Infra.Lab.CommandLine;
using Infra.Lab.Machines;

HostProgram.FixUmask();
return await InfraCommand.InvokeAsync(args);
