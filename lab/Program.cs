using Infra.Lab.CommandLine;

return await InfraCommand.InvokeAsync(args);
