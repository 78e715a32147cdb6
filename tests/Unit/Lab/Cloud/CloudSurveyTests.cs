using System.Text.Json.Nodes;
using Infra.Lab.Cloud;

namespace Infra.Tests.Unit.Lab.Cloud;

/// <summary>What <c>./infra cloud status</c> reads from an item of a list.</summary>
public sealed class CloudSurveyTests
{
    [Fact]
    public void A_droplet_has_its_state_region_size_addresses_and_price()
    {
        var status = CloudSurvey.Of("droplet", Json("""
            {"id": 500000001, "name": "chat-0", "status": "active", "region": {"slug": "tor1"}, "size_slug": "gpu-4000adax1-20gb",
             "size": {"price_hourly": 0.76}, "networks": {"v4": [{"ip_address": "198.51.100.11", "type": "public"}]}}
            """), "status");

        Assert.Equal(("500000001", "chat-0", "active", 0.76m), (status.Id, status.Name, status.State, status.UsdPerHour));
        Assert.Equal(["tor1", "gpu-4000adax1-20gb", "198.51.100.11 public"], status.Details);
    }

    [Fact]
    public void A_volume_costs_by_its_size_and_a_domain_has_only_a_name()
    {
        var volume = CloudSurvey.Of("volume", Json("""{"id": "x", "name": "weights", "size_gigabytes": 672}"""), null);
        var domain = CloudSurvey.Of("domain", Json("""{"name": "example.com", "ttl": 1800}"""), null);

        Assert.Equal(0.1m, volume.UsdPerHour);
        Assert.Equal(("example.com", "example.com", null, null), (domain.Id, domain.Name, domain.State, domain.UsdPerHour));
    }

    [Fact]
    public void Names_are_found_in_files_and_dns_only() => Assert.Equal(
        "passwd: files systemd\ngroup: files\nhosts: files dns\n",
        CloudFiles.NameServices("passwd: files systemd\nhosts: files resolve [!UNAVAIL=return] dns\ngroup: files\n"));

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
