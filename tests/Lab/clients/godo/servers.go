package main

import (
	"fmt"
	"net/http"

	"github.com/digitalocean/godo"
	"github.com/digitalocean/godo/util"
)

func request(name string, key *godo.Key, vpc *godo.VPC) *godo.DropletCreateRequest {
	return &godo.DropletCreateRequest{
		Name: name, Region: region, Size: size, Image: godo.DropletCreateImage{Slug: image}, Tags: []string{tag}, Monitoring: true,
		SSHKeys: []godo.DropletCreateSSHKey{{Fingerprint: key.Fingerprint}}, VPCUUID: vpc.ID, UserData: "#cloud-config\n",
	}
}

func active(id int) *godo.Droplet {
	var droplet *godo.Droplet
	until("active", func() bool {
		droplet = must(client.Droplets.Get(ctx, id))
		return droplet.Status == "active"
	})
	return droplet
}

func createdDroplet(key *godo.Key, vpc *godo.VPC) *godo.Droplet {
	made, response, err := client.Droplets.Create(ctx, request("web", key, vpc))
	must(made, response, err)
	if err := util.WaitForActive(ctx, client, response.Links.Actions[0].HREF); err != nil {
		panic(err)
	}
	droplet := active(made.ID)
	public, _ := droplet.PublicIPv4()
	private, _ := droplet.PrivateIPv4()
	holds("addresses", public != "" && private != "")
	same("as asked", []string{"web", region, size, image, vpc.ID},
		[]string{droplet.Name, droplet.Region.Slug, droplet.SizeSlug, droplet.Image.Slug, droplet.VPCUUID})
	same("tags", []string{tag}, droplet.Tags)
	holds("numbers", droplet.Memory == 1024 && droplet.Vcpus == 1 && droplet.Disk > 0 && droplet.Size.PriceMonthly > 0 && !droplet.Locked)
	same("no neighbours", 0, len(must(client.Droplets.Neighbors(ctx, droplet.ID))))
	same("no kernels", 0, len(must(client.Droplets.Kernels(ctx, droplet.ID, nil))))
	same("no backups", 0, len(must(client.Droplets.Backups(ctx, droplet.ID, nil))))
	same("listed", droplet.ID, must(client.Droplets.List(ctx, nil))[0].ID)
	fmt.Println("droplet")
	return droplet
}

func completed(action *godo.Action, _ *godo.Response, err error) *godo.Action {
	if err != nil {
		panic(err)
	}
	until(action.Type, func() bool {
		action = must(client.Actions.Get(ctx, action.ID))
		return action.Status != godo.ActionInProgress
	})
	same(action.Type, "completed", action.Status)
	holds("region and time", action.RegionSlug == region && action.CompletedAt != nil && !action.StartedAt.IsZero())
	return action
}

func actions(droplet *godo.Droplet) {
	does := client.DropletActions
	completed(does.PowerOff(ctx, droplet.ID))
	same("off", "off", must(client.Droplets.Get(ctx, droplet.ID)).Status)
	completed(does.Resize(ctx, droplet.ID, "s-1vcpu-2gb", false))
	same("resized", "s-1vcpu-2gb", must(client.Droplets.Get(ctx, droplet.ID)).SizeSlug)
	completed(does.Snapshot(ctx, droplet.ID, "snap"))
	last := completed(does.PowerOn(ctx, droplet.ID))
	same("by Droplet and number", last.ID, must(does.Get(ctx, droplet.ID, last.ID)).ID)
	for _, do := range []func() (*godo.Action, *godo.Response, error){
		func() (*godo.Action, *godo.Response, error) { return does.Rename(ctx, droplet.ID, "renamed") },
		func() (*godo.Action, *godo.Response, error) { return does.Reboot(ctx, droplet.ID) },
		func() (*godo.Action, *godo.Response, error) { return does.PowerCycle(ctx, droplet.ID) },
		func() (*godo.Action, *godo.Response, error) { return does.Shutdown(ctx, droplet.ID) },
		func() (*godo.Action, *godo.Response, error) { return does.PowerOn(ctx, droplet.ID) },
		func() (*godo.Action, *godo.Response, error) { return does.EnableBackups(ctx, droplet.ID) },
		func() (*godo.Action, *godo.Response, error) { return does.DisableBackups(ctx, droplet.ID) },
		func() (*godo.Action, *godo.Response, error) { return does.PasswordReset(ctx, droplet.ID) },
	} {
		completed(do())
	}
	same("renamed", "renamed", must(client.Droplets.Get(ctx, droplet.ID)).Name)
	many := must(does.PowerOffByTag(ctx, tag))
	same("by tag", droplet.ID, many[0].ResourceID)
	completed(&many[0], nil, nil)
	many = must(does.PowerOnByTag(ctx, tag))
	completed(&many[0], nil, nil)
	_, _, err := does.RebuildByImageSlug(ctx, droplet.ID, image)
	refused("rebuild", http.StatusUnprocessableEntity, err)
	holds("actions", len(must(client.Droplets.Actions(ctx, droplet.ID, nil))) > 10 && len(must(client.Actions.List(ctx, nil))) > 10)
	fmt.Println("actions")
}

// The snapshot as an image, and Droplets from it.
func copies(droplet *godo.Droplet, key *godo.Key, vpc *godo.VPC) {
	snapshot := must(client.Droplets.Snapshots(ctx, droplet.ID, nil))[0]
	same("ids", []int{snapshot.ID}, must(client.Droplets.Get(ctx, droplet.ID)).SnapshotIDs)
	same("name", "snap", must(client.Images.Update(ctx, snapshot.ID, &godo.ImageUpdateRequest{Name: "snap"})).Name)
	same("listed", 1, len(must(client.Images.ListUser(ctx, nil))))
	known := must(client.Snapshots.ListDroplet(ctx, nil))[0]
	same("snapshot", []string{"snap", fmt.Sprint(droplet.ID), "droplet", region},
		[]string{known.Name, known.ResourceID, known.ResourceType, known.Regions[0]})
	moved := must(client.ImageActions.Transfer(ctx, snapshot.ID, &godo.ActionRequest{"type": "transfer", "region": "nyc3"}))
	until("transferred", func() bool { return must(client.ImageActions.Get(ctx, snapshot.ID, moved.ID)).Status == "completed" })
	holds("two regions", len(must(client.Snapshots.Get(ctx, known.ID)).Regions) == 2)
	many := must(client.Droplets.CreateMultiple(ctx, &godo.DropletMultiCreateRequest{
		Names: []string{"a", "b"}, Region: region, Size: "s-1vcpu-2gb", Image: godo.DropletCreateImage{ID: snapshot.ID},
		Tags: []string{"copies"}, VPCUUID: vpc.ID,
	}))
	for _, copy := range many {
		same("image", snapshot.ID, active(copy.ID).Image.ID)
	}
	same("two", 2, len(must(client.Droplets.ListByTag(ctx, "copies", nil))))
	done(client.Droplets.DeleteByTag(ctx, "copies"))
	until("copies are gone", func() bool { return len(must(client.Droplets.List(ctx, nil))) == 1 })
	done(client.Snapshots.Delete(ctx, known.ID))
	_, _, err := client.Images.GetByID(ctx, snapshot.ID)
	refused("the image of a deleted snapshot", http.StatusNotFound, err)
	fmt.Println("snapshots")
}

func volume(droplet *godo.Droplet) {
	volume := must(client.Storage.CreateVolume(ctx, &godo.VolumeCreateRequest{
		Region: region, Name: "vol", Description: "d", SizeGigaBytes: 1, FilesystemType: "ext4", FilesystemLabel: "data", Tags: []string{"disk"},
	}))
	same("as asked", []interface{}{int64(1), "ext4", "data", region, []string{"disk"}},
		[]interface{}{volume.SizeGigaBytes, volume.FilesystemType, volume.FilesystemLabel, volume.Region.Slug, volume.Tags})
	does := client.StorageActions
	completed(does.Attach(ctx, volume.ID, droplet.ID))
	same("attached", []int{droplet.ID}, must(client.Storage.GetVolume(ctx, volume.ID)).DropletIDs)
	same("seen by its Droplet", []string{volume.ID}, must(client.Droplets.Get(ctx, droplet.ID)).VolumeIDs)
	_, err := client.Storage.DeleteVolume(ctx, volume.ID)
	refused("an attached Volume", http.StatusConflict, err)
	resized := completed(does.Resize(ctx, volume.ID, 2, region))
	same("size", int64(2), must(client.Storage.GetVolume(ctx, volume.ID)).SizeGigaBytes)
	same("action", resized.ID, must(does.Get(ctx, volume.ID, resized.ID)).ID)
	completed(does.DetachByDropletID(ctx, volume.ID, droplet.ID))
	same("detached", 0, len(must(client.Storage.GetVolume(ctx, volume.ID)).DropletIDs))
	same("actions", 3, len(must(does.List(ctx, volume.ID, nil))))
	snapshot := must(client.Storage.CreateSnapshot(ctx, &godo.SnapshotCreateRequest{VolumeID: volume.ID, Name: "vs", Tags: []string{"disk"}}))
	same("snapshot", volume.ID, must(client.Storage.GetSnapshot(ctx, snapshot.ID)).ResourceID)
	same("snapshots", 1, len(must(client.Storage.ListSnapshots(ctx, volume.ID, nil))))
	same("all snapshots", snapshot.ID, must(client.Snapshots.ListVolume(ctx, nil))[0].ID)
	copied := must(client.Storage.CreateVolume(ctx, &godo.VolumeCreateRequest{
		Region: region, Name: "copy", SizeGigaBytes: 2, SnapshotID: snapshot.ID,
	}))
	same("filesystem", "ext4", copied.FilesystemType)
	byName := must(client.Storage.ListVolumes(ctx, &godo.ListVolumeParams{Name: "vol", Region: region}))
	same("by name", volume.ID, byName[0].ID)
	same("all", 2, len(must(client.Storage.ListVolumes(ctx, &godo.ListVolumeParams{ListOptions: &godo.ListOptions{PerPage: 50}}))))
	done(client.Storage.DeleteSnapshot(ctx, snapshot.ID))
	done(client.Storage.DeleteVolume(ctx, copied.ID))
	done(client.Storage.DeleteVolume(ctx, volume.ID))
	until("no Volume is left", func() bool { return len(must(client.Storage.ListVolumes(ctx, nil))) == 0 })
	fmt.Println("volumes")
}

func firewall(droplet *godo.Droplet) {
	anyone := []string{"0.0.0.0/0", "::/0"}
	in := godo.InboundRule{Protocol: "tcp", PortRange: "22", Sources: &godo.Sources{Addresses: anyone}}
	out := godo.OutboundRule{Protocol: "tcp", PortRange: "all", Destinations: &godo.Destinations{Addresses: anyone}}
	asked := &godo.FirewallRequest{
		Name: "fw", InboundRules: []godo.InboundRule{in}, OutboundRules: []godo.OutboundRule{out}, DropletIDs: []int{droplet.ID},
	}
	firewall := must(client.Firewalls.Create(ctx, asked))
	until("its changes are applied", func() bool { return must(client.Firewalls.Get(ctx, firewall.ID)).Status == "succeeded" })
	same("rules", []godo.InboundRule{in}, must(client.Firewalls.Get(ctx, firewall.ID)).InboundRules)
	same("of the Droplet", firewall.ID, must(client.Firewalls.ListByDroplet(ctx, droplet.ID, nil))[0].ID)
	done(client.Firewalls.RemoveDroplets(ctx, firewall.ID, droplet.ID))
	done(client.Firewalls.AddTags(ctx, firewall.ID, tag))
	same("by tag", firewall.ID, must(client.Firewalls.ListByDroplet(ctx, droplet.ID, nil))[0].ID)
	done(client.Firewalls.RemoveTags(ctx, firewall.ID, tag))
	done(client.Firewalls.AddDroplets(ctx, firewall.ID, droplet.ID))
	more := &godo.FirewallRulesRequest{InboundRules: []godo.InboundRule{
		{Protocol: "icmp", Sources: &godo.Sources{Tags: []string{tag}}},
	}}
	done(client.Firewalls.AddRules(ctx, firewall.ID, more))
	same("two rules", 2, len(must(client.Firewalls.Get(ctx, firewall.ID)).InboundRules))
	done(client.Firewalls.RemoveRules(ctx, firewall.ID, more))
	asked.Name = "fw2"
	changed := must(client.Firewalls.Update(ctx, firewall.ID, asked))
	same("changed", []interface{}{"fw2", []int{droplet.ID}, 1}, []interface{}{changed.Name, changed.DropletIDs, len(changed.InboundRules)})
	same("all", 1, len(must(client.Firewalls.List(ctx, nil))))
	done(client.Firewalls.Delete(ctx, firewall.ID))
	fmt.Println("firewall")
}

func certificate() *godo.Certificate {
	certificate := must(client.Certificates.Create(ctx, &godo.CertificateRequest{
		Name: "cert", Type: "custom", PrivateKey: file("leaf.key"), LeafCertificate: file("leaf.pem"),
	}))
	until("verified", func() bool { return must(client.Certificates.Get(ctx, certificate.ID)).State == "verified" })
	known := must(client.Certificates.List(ctx, nil))[0]
	holds("known", known.ID == certificate.ID && known.SHA1Fingerprint != "" && known.NotAfter != "" && known.Type == "custom")
	fmt.Println("certificate")
	return certificate
}

func balancer(droplet *godo.Droplet, certificate *godo.Certificate, vpc *godo.VPC) {
	https := godo.ForwardingRule{
		EntryProtocol: "https", EntryPort: 443, TargetProtocol: "http", TargetPort: 80, CertificateID: certificate.ID,
	}
	asked := &godo.LoadBalancerRequest{
		Name: "lb", Region: region, ForwardingRules: []godo.ForwardingRule{https}, DropletIDs: []int{droplet.ID}, VPCUUID: vpc.ID,
		HealthCheck: &godo.HealthCheck{
			Protocol: "http", Port: 80, Path: "/", CheckIntervalSeconds: 10, ResponseTimeoutSeconds: 5, HealthyThreshold: 5, UnhealthyThreshold: 3,
		},
		StickySessions: &godo.StickySessions{Type: "none"},
	}
	balancer := must(client.LoadBalancers.Create(ctx, asked))
	until("active", func() bool {
		balancer = must(client.LoadBalancers.Get(ctx, balancer.ID))
		return balancer.Status == "active"
	})
	holds("address", balancer.IP != "" && balancer.VPCUUID == vpc.ID && balancer.Algorithm != "" && balancer.Created != "")
	same("rules", asked.ForwardingRules, balancer.ForwardingRules)
	same("check", asked.HealthCheck, balancer.HealthCheck)
	_, err := client.Certificates.Delete(ctx, certificate.ID)
	refused("a certificate in use", http.StatusForbidden, err)
	plain := godo.ForwardingRule{EntryProtocol: "tcp", EntryPort: 9000, TargetProtocol: "tcp", TargetPort: 9000}
	done(client.LoadBalancers.AddForwardingRules(ctx, balancer.ID, plain))
	done(client.LoadBalancers.RemoveForwardingRules(ctx, balancer.ID, https))
	done(client.LoadBalancers.RemoveDroplets(ctx, balancer.ID, droplet.ID))
	done(client.LoadBalancers.AddDroplets(ctx, balancer.ID, droplet.ID))
	known := must(client.LoadBalancers.List(ctx, nil))[0]
	same("changed", []interface{}{[]godo.ForwardingRule{plain}, []int{droplet.ID}}, []interface{}{known.ForwardingRules, known.DropletIDs})
	// As users change one: what was read, with something else.
	again := known.AsRequest()
	again.Name, again.DropletIDs, again.Tag = "lb2", nil, tag
	updated := must(client.LoadBalancers.Update(ctx, known.ID, again))
	same("by tag", []interface{}{"lb2", tag, []int{droplet.ID}}, []interface{}{updated.Name, updated.Tag, updated.DropletIDs})
	done(client.LoadBalancers.Delete(ctx, balancer.ID))
	until("it is gone", func() bool { return len(must(client.LoadBalancers.List(ctx, nil))) == 0 })
	done(client.Certificates.Delete(ctx, certificate.ID))
	fmt.Println("balancer")
}

func gone(droplet *godo.Droplet, vpc *godo.VPC, key *godo.Key) {
	_, err := client.VPCs.Delete(ctx, vpc.ID)
	refused("a VPC with members", http.StatusConflict, err)
	done(client.Droplets.Delete(ctx, droplet.ID))
	until("the Droplet is gone", func() bool { return len(must(client.Droplets.List(ctx, nil))) == 0 })
	until("the VPC is gone", func() bool {
		response, err := client.VPCs.Delete(ctx, vpc.ID)
		return err == nil || response.StatusCode == http.StatusNotFound
	})
	for _, name := range []string{tag, "copies", "disk"} {
		done(client.Tags.Delete(ctx, name))
	}
	done(client.Keys.DeleteByID(ctx, key.ID))
	fmt.Println("gone")
}
