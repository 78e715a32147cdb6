using Infra.Benchmarks;

// One measurement a process, so that each starts as cold as a preview does: the script compares them.
return args switch
{
    ["stack", var nodes] =>
        await Measurement.RunAsync(() => StackProgram.RunAsync(int.Parse(nodes, System.Globalization.CultureInfo.InvariantCulture))),
    ["bare", var nodes] =>
        await Measurement.RunAsync(() => BareProgram.RunAsync(int.Parse(nodes, System.Globalization.CultureInfo.InvariantCulture))),
    _ => Measurement.Usage(),
};
