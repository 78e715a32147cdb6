using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Sequences;

/// <summary>A request, whether it must be accepted, and what the model then has.</summary>
/// <param name="Method">Of the request.</param>
/// <param name="Path">Of the request.</param>
/// <param name="Body">Of the request; null: it has none.</param>
/// <param name="Accepted">Null: that depends on more than the model has.</param>
/// <param name="Apply">Changes the model by the answer.</param>
internal sealed record Step(string Method, string Path, JsonNode? Body, bool? Accepted, Action<JsonNode?> Apply);

/// <summary>Random requests on what the model has, and now and then on what it had.</summary>
internal sealed class RandomSteps(ModelAccount model, Random random)
{
    private const string Region = "nyc2";
    private const int MostOfGroup = 10;
    private const int MostDroplets = 12;

    private static readonly string[] s_tags = ["a", "b", "c"];

    private readonly List<long> _gone = [];
    private int _names;

    public Step Next() => random.Next(22) switch
    {
        0 or 1 or 2 => CreateDroplet(),
        3 => DeleteDroplet(),
        4 => Power(on: false),
        5 => Power(on: true),
        6 => Rename(),
        7 => Snapshot(),
        8 => DeleteSnapshot(),
        9 => CreateVolume(),
        10 or 11 => Attach(),
        12 => Detach(),
        13 => DeleteVolume(),
        14 => CopyVolume(),
        15 => Tag(given: true),
        16 => Tag(given: false),
        17 => DeleteTag(),
        18 => CreateGroup(random.Next(2) == 0),
        19 => ChangeGroup(),
        20 => DeleteGroup(),
        _ => Domain(),
    };

    private Step CreateDroplet()
    {
        var name = Name("droplet");
        var tags = s_tags.Where(_ => random.Next(3) == 0).ToList();
        var volume = random.Next(3) == 0 ? Any(model.Volumes.Keys) : null;
        var image = random.Next(4) == 0 ? Any(model.Images) : null;
        var body = new JsonObject
        {
            ["name"] = name,
            ["region"] = Region,
            ["size"] = "s-1vcpu-1gb",
            ["image"] = image is null ? "debian-13-x64" : long.Parse(image, CultureInfo.InvariantCulture),
            ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]),
            ["volumes"] = volume is null ? [] : new JsonArray(volume),
        };
        var accepted = model.Droplets.Count < MostDroplets && (volume is null || model.Volumes[volume] is null);
        return new("POST", "/v2/droplets", body, accepted, answer =>
        {
            var id = (long)answer!["droplet"]!["id"]!;
            model.Droplets[id] = new(name, true, [.. tags]);
            model.Tags.UnionWith(tags);
            if (volume is not null)
            {
                model.Volumes[volume] = id;
            }
        });
    }

    private Step DeleteDroplet()
    {
        if (random.Next(6) == 0)
        {
            var tag = s_tags[random.Next(s_tags.Length)];
            return new("DELETE", $"/v2/droplets?tag_name={tag}", null, true,
                _ => model.Droplets.Keys.Where(id => model.HasTag(id, tag)).ToList().ForEach(Remove));
        }
        var droplet = Droplet();
        return new("DELETE", $"/v2/droplets/{droplet}", null, model.Droplets.ContainsKey(droplet), _ => Remove(droplet));
    }

    private void Remove(long droplet)
    {
        model.Remove(droplet);
        _gone.Add(droplet);
    }

    private Step Power(bool on)
    {
        var droplet = Droplet();
        return Act(droplet, new() { ["type"] = on ? "power_on" : random.Next(2) == 0 ? "power_off" : "shutdown" },
            // An active Droplet may be powered on again.
            model.Droplets.TryGetValue(droplet, out var known) && (on || known.IsOn), before => before with { IsOn = on });
    }

    private Step Rename()
    {
        var (droplet, name) = (Droplet(), Name("renamed"));
        return Act(droplet, new() { ["type"] = "rename", ["name"] = name }, model.Droplets.ContainsKey(droplet),
            before => before with { Name = name });
    }

    private Step Snapshot()
    {
        var droplet = Droplet();
        return new("POST", $"/v2/droplets/{droplet}/actions", new JsonObject { ["type"] = "snapshot", ["name"] = Name("image") },
            model.Droplets.ContainsKey(droplet), answer => model.Images.Add(answer!["action"]!["id"]!.ToString()));
    }

    private Step Act(long droplet, JsonObject body, bool accepted, Func<ModelDroplet, ModelDroplet> change) =>
        new("POST", $"/v2/droplets/{droplet}/actions", body, accepted, _ => model.Droplets[droplet] = change(model.Droplets[droplet]));

    private Step DeleteSnapshot()
    {
        var snapshot = Any(model.Images.Concat(model.Copies).ToList()) ?? "1";
        return new("DELETE", $"/v2/snapshots/{snapshot}", null, model.Images.Contains(snapshot) || model.Copies.Contains(snapshot), _ =>
        {
            model.Images.Remove(snapshot);
            model.Copies.Remove(snapshot);
        });
    }

    private Step CreateVolume()
    {
        var copy = random.Next(2) == 0 ? Any(model.Copies) : null;
        var body = new JsonObject
        {
            ["name"] = Name("volume"),
            ["region"] = Region,
            ["size_gigabytes"] = 1,
            ["snapshot_id"] = copy,
        };
        return new("POST", "/v2/volumes", body, true, answer => model.Volumes[(string)answer!["volume"]!["id"]!] = null);
    }

    private Step Attach()
    {
        var (volume, droplet) = (Volume(), Droplet());
        return new("POST", $"/v2/volumes/{volume}/actions", new JsonObject { ["type"] = "attach", ["droplet_id"] = droplet },
            model.Droplets.ContainsKey(droplet) && model.Volumes.TryGetValue(volume, out var holder) && holder is null,
            _ => model.Volumes[volume] = droplet);
    }

    private Step Detach()
    {
        var volume = Volume();
        return new("POST", $"/v2/volumes/{volume}/actions", new JsonObject { ["type"] = "detach" },
            model.Volumes.GetValueOrDefault(volume) is not null, _ => model.Volumes[volume] = null);
    }

    private Step DeleteVolume()
    {
        var volume = Volume();
        return new("DELETE", $"/v2/volumes/{volume}", null, model.Volumes.TryGetValue(volume, out var holder) && holder is null,
            _ => model.Volumes.Remove(volume));
    }

    private Step CopyVolume()
    {
        var volume = Volume();
        return new("POST", $"/v2/volumes/{volume}/snapshots", new JsonObject { ["name"] = Name("copy") },
            model.Volumes.ContainsKey(volume), answer => model.Copies.Add((string)answer!["snapshot"]!["id"]!));
    }

    private Step Tag(bool given)
    {
        var (tag, droplet) = (s_tags[random.Next(s_tags.Length)], Droplet());
        var body = new JsonObject
        {
            ["resources"] = new JsonArray(new JsonObject
            {
                ["resource_id"] = droplet.ToString(CultureInfo.InvariantCulture),
                ["resource_type"] = "droplet",
            }),
        };
        return new(given ? "POST" : "DELETE", $"/v2/tags/{tag}/resources", body,
            model.Tags.Contains(tag) && model.Droplets.ContainsKey(droplet), _ =>
            {
                var before = model.Droplets[droplet];
                model.Droplets[droplet] = before with { Tags = given ? before.Tags.Add(tag) : before.Tags.Remove(tag) };
            });
    }

    private Step DeleteTag()
    {
        var tag = s_tags[random.Next(s_tags.Length)];
        return new("DELETE", $"/v2/tags/{tag}", null, model.Tags.Contains(tag), _ => model.RemoveTag(tag));
    }

    private Step CreateGroup(bool isFirewall)
    {
        var tag = random.Next(2) == 0 ? Any(model.Tags) : null;
        var droplets = tag is not null ? [] : model.Droplets.Keys.Where(_ => random.Next(3) == 0).Take(MostOfGroup).ToImmutableSortedSet();
        var ids = new JsonArray([.. droplets.Select(id => (JsonNode)id)]);
        var body = isFirewall ? new JsonObject
        {
            ["name"] = Name("firewall"),
            ["droplet_ids"] = ids,
            ["tags"] = tag is null ? [] : new JsonArray(tag),
            ["inbound_rules"] = new JsonArray(new JsonObject
            {
                ["protocol"] = "tcp",
                ["ports"] = "22",
                ["sources"] = new JsonObject { ["addresses"] = new JsonArray("0.0.0.0/0") },
            }),
        } : new JsonObject
        {
            ["name"] = Name("balancer"),
            ["region"] = Region,
            ["droplet_ids"] = ids,
            ["tag"] = tag,
            ["forwarding_rules"] = new JsonArray(new JsonObject
            {
                ["entry_protocol"] = "tcp",
                ["entry_port"] = 80,
                ["target_protocol"] = "tcp",
                ["target_port"] = 80,
            }),
        };
        var (path, member, groups) = isFirewall ? ("firewalls", "firewall", model.Firewalls)
            : ("load_balancers", "load_balancer", model.Balancers);
        return new("POST", $"/v2/{path}", body, true, answer => groups[(string)answer![member]!["id"]!] = new(droplets, tag));
    }

    private Step ChangeGroup()
    {
        var isFirewall = random.Next(2) == 0;
        var (path, groups) = isFirewall ? ("firewalls", model.Firewalls) : ("load_balancers", model.Balancers);
        var (id, droplet, added) = (Any(groups.Keys) ?? "none", Droplet(), random.Next(2) == 0);
        var group = groups.GetValueOrDefault(id);
        var isThere = group is not null && (isFirewall || group.Tag is null);
        return new(added ? "POST" : "DELETE", $"/v2/{path}/{id}/droplets", new JsonObject { ["droplet_ids"] = new JsonArray(droplet) },
            !isThere ? false : added ? model.Droplets.ContainsKey(droplet) : null, _ => groups[id] = group! with
            {
                Droplets = added ? group.Droplets.Add(droplet) : group.Droplets.Remove(droplet),
            });
    }

    private Step DeleteGroup()
    {
        var (path, groups) = random.Next(2) == 0 ? ("firewalls", model.Firewalls) : ("load_balancers", model.Balancers);
        var id = Any(groups.Keys) ?? "none";
        return new("DELETE", $"/v2/{path}/{id}", null, groups.ContainsKey(id), _ => groups.Remove(id));
    }

    private Step Domain()
    {
        var name = $"{(char)('a' + random.Next(3))}.example.com";
        return random.Next(2) == 0
            ? new("POST", "/v2/domains", new JsonObject { ["name"] = name }, !model.Domains.Contains(name), _ => model.Domains.Add(name))
            : new("DELETE", $"/v2/domains/{name}", null, model.Domains.Contains(name), _ => model.Domains.Remove(name));
    }

    private long Droplet() => random.Next(10) == 0 && _gone.Count > 0 ? _gone[random.Next(_gone.Count)]
        : model.Droplets.Count > 0 ? model.Droplets.Keys.ElementAt(random.Next(model.Droplets.Count)) : 1;

    private string Volume() => Any(model.Volumes.Keys) ?? "none";

    private string? Any(IReadOnlyCollection<string> all) => all.Count == 0 ? null : all.ElementAt(random.Next(all.Count));

    private string Name(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{++_names}");
}
