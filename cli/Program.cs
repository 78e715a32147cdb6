using System.Runtime.Loader;
using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Cli.Preview;
using Infra.Planning.Catalog;

// On another thread, the runtime compiles the methods that the last run needed. Without the right to write there, nothing is recorded.
AssemblyLoadContext.Default.SetProfileOptimizationRoot(AppContext.BaseDirectory);
AssemblyLoadContext.Default.StartProfileOptimization("Infra.Cli.methods");
// On another thread: both commands need the catalog, and its first use compiles as much code as reading the command line and the config.
_ = Task.Run(static () => ModelCatalog.Load());
var terminal = Terminal.ForThisProcess();
// Help and completion need all commands; a preview need not compile the many options of plan.
return await InfraCommand.InvokeAsync(args, terminal,
    args is ["preview", ..] ? [PreviewCommand.Create(terminal)] : [PreviewCommand.Create(terminal), PlanCommand.Create(terminal)]);
