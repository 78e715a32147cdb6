using Infra.Lab.Host;
using Infra.Planning;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Unit.Lab.Host;

public sealed class PlannedHardwareTests
{
    private const string Size = "gpu-4000adax1-20gb";

    [Fact]
    public void A_server_of_a_plan_has_the_plans_engine_and_any_other_none()
    {
        var hardware = new PlannedHardware("dev", StackPlan.Read(Configs.With()), EngineSpeed.Default);

        var planned = hardware.Of(Names.Hostname("dev", "chat", 0), Size);
        var other = hardware.Of("web-1", Size);

        Assert.NotNull(planned.Machine.Engine);
        Assert.Null(other.Machine.Engine);
        Assert.Equal(planned.Machine with { Engine = null }, other.Machine);
        Assert.Equal((8, 32L << 30), (other.Vcpus, other.MemoryBytes));
    }

    [Fact]
    public void A_size_without_a_gpu_is_a_machine_without_cards() =>
        Assert.Equal(
            new ServerHardware(MachineDescription.Plain, 0, 0, HasScratchDisk: false),
            new PlannedHardware(ModelCatalog.Load(), [], EngineSpeed.Default).Of("web-1", "s-1vcpu-1gb"));
}
