// Everything that godo 1.37 offers for the API on this machine, from creation to deletion. Prints a line for each part of the account; any
// surprise is a panic.
//
// usage: godo FOLDER     with key.pub, leaf.pem and leaf.key
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/digitalocean/godo"
)

const (
	region   = "tor1"
	size     = "s-1vcpu-1gb"
	image    = "debian-13-x64"
	tag      = "web"
	patience = 60 * time.Second
	missing  = "00000000-0000-4000-8000-000000000000"
)

var (
	ctx    = context.Background()
	client = godo.NewFromToken(os.Getenv("DIGITALOCEAN_TOKEN"))
)

func main() {
	tooManyRequests()
	account()
	catalog()
	key := sshKey()
	vpc := vpc()
	droplet := createdDroplet(key, vpc)
	tags(droplet)
	volume(droplet)
	firewall(droplet)
	balancer(droplet, certificate(), vpc)
	domain(droplet)
	project(droplet)
	actions(droplet)
	copies(droplet, key, vpc)
	pages()
	refusals()
	gone(droplet, vpc, key)
}

// must returns what a call answered.
func must[T any](value T, _ *godo.Response, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// done checks a call that answers nothing.
func done(_ *godo.Response, err error) {
	if err != nil {
		panic(err)
	}
}

func same(what string, wanted, seen interface{}) {
	if !reflect.DeepEqual(wanted, seen) {
		panic(fmt.Sprintf("%s: wanted %#v, got %#v", what, wanted, seen))
	}
}

func holds(what string, truth bool) {
	if !truth {
		panic(what)
	}
}

func until(what string, truth func() bool) {
	for end := time.Now().Add(patience); !truth(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			panic("never: " + what)
		}
	}
}

// refused checks the status of a refusal, and that it has words and the id of the request.
func refused(what string, status int, err error) *godo.ErrorResponse {
	refusal, isOne := err.(*godo.ErrorResponse)
	if !isOne {
		panic(fmt.Sprintf("%s: %v", what, err))
	}
	same(what, status, refusal.Response.StatusCode)
	holds(what+" has words and an id", refusal.Message != "" && refusal.RequestID != "")
	return refusal
}

func file(name string) string {
	text, err := os.ReadFile(filepath.Join(os.Args[1], name))
	if err != nil {
		panic(err)
	}
	return string(text)
}

// The first list of sizes is refused by a fault.
func tooManyRequests() {
	_, response, err := client.Sizes.List(ctx, nil)
	refused("too many requests", http.StatusTooManyRequests, err)
	holds("the limit is known", response.Rate.Limit == 5000 && response.Rate.Remaining < 5000 && response.Rate.Reset.After(time.Now()))
	fmt.Println("429")
}

func account() {
	account := must(client.Account.Get(ctx))
	same("account", "active", account.Status)
	holds("limits and owner", account.DropletLimit > 0 && account.UUID != "" && account.EmailVerified)
	fmt.Println("account")
}

func catalog() {
	all := &godo.ListOptions{PerPage: 200}
	sizes := must(client.Sizes.List(ctx, all))
	holds("sizes", len(sizes) > 10)
	for _, size := range sizes {
		holds(size.Slug, size.Memory > 0 && size.Vcpus > 0 && size.Disk > 0 && size.PriceHourly > 0 && size.Transfer > 0)
	}
	regions := must(client.Regions.List(ctx, all))
	holds("regions", len(regions) > 5)
	for _, region := range regions {
		holds(region.Slug, region.Name != "" && len(region.Features) > 0 && (!region.Available || len(region.Sizes) > 0))
	}
	known := must(client.Images.GetBySlug(ctx, image))
	same("image by number", known.Slug, must(client.Images.GetByID(ctx, known.ID)).Slug)
	holds("image", known.Distribution == "Debian" && known.Public && known.Status == "available" && known.MinDiskSize > 0)
	holds("distributions", len(must(client.Images.ListDistribution(ctx, all))) > 0)
	same("own images", 0, len(must(client.Images.ListUser(ctx, all))))
	fmt.Println("catalog")
}

func sshKey() *godo.Key {
	key := must(client.Keys.Create(ctx, &godo.KeyCreateRequest{Name: "k", PublicKey: file("key.pub")}))
	same("key", key.ID, must(client.Keys.GetByFingerprint(ctx, key.Fingerprint)).ID)
	must(client.Keys.UpdateByFingerprint(ctx, key.Fingerprint, &godo.KeyUpdateRequest{Name: "k2"}))
	must(client.Keys.UpdateByID(ctx, key.ID, &godo.KeyUpdateRequest{Name: "k3"}))
	same("renamed key", "k3", must(client.Keys.GetByID(ctx, key.ID)).Name)
	_, _, err := client.Keys.Create(ctx, &godo.KeyCreateRequest{Name: "again", PublicKey: file("key.pub")})
	refused("the same key", http.StatusUnprocessableEntity, err)
	fmt.Println("keys")
	return key
}

func vpc() *godo.VPC {
	vpc := must(client.VPCs.Create(ctx, &godo.VPCCreateRequest{Name: "net", RegionSlug: region, IPRange: "10.44.0.0/24"}))
	same("range", "10.44.0.0/24", vpc.IPRange)
	must(client.VPCs.Update(ctx, vpc.ID, &godo.VPCUpdateRequest{Name: "net2", Description: "of a test"}))
	must(client.VPCs.Set(ctx, vpc.ID, godo.VPCSetName("net3")))
	changed := must(client.VPCs.Get(ctx, vpc.ID))
	same("changed VPC", [2]string{"net3", "of a test"}, [2]string{changed.Name, changed.Description})
	holds("it is listed", len(must(client.VPCs.List(ctx, nil))) >= 1)
	fmt.Println("vpc")
	return vpc
}

func tags(droplet *godo.Droplet) {
	same("tag", "later", must(client.Tags.Create(ctx, &godo.TagCreateRequest{Name: "later"})).Name)
	tagged := []godo.Resource{{ID: fmt.Sprint(droplet.ID), Type: godo.DropletResourceType}}
	done(client.Tags.TagResources(ctx, "later", &godo.TagResourcesRequest{Resources: tagged}))
	later := must(client.Tags.Get(ctx, "later"))
	same("tagged", [2]int{1, 1}, [2]int{later.Resources.Count, later.Resources.Droplets.Count})
	same("by tag", droplet.ID, must(client.Droplets.ListByTag(ctx, "later", nil))[0].ID)
	done(client.Tags.UntagResources(ctx, "later", &godo.UntagResourcesRequest{Resources: tagged}))
	same("untagged", 0, must(client.Tags.Get(ctx, "later")).Resources.Droplets.Count)
	done(client.Tags.Delete(ctx, "later"))
	same("tags", tag, must(client.Tags.List(ctx, nil))[0].Name)
	fmt.Println("tags")
}

func domain(droplet *godo.Droplet) {
	address, _ := droplet.PublicIPv4()
	must(client.Domains.Create(ctx, &godo.DomainCreateRequest{Name: "lab.test", IPAddress: address}))
	same("domain", "lab.test", must(client.Domains.Get(ctx, "lab.test")).Name)
	add := func(record godo.DomainRecordEditRequest) *godo.DomainRecord {
		return must(client.Domains.CreateRecord(ctx, "lab.test", &record))
	}
	text := add(godo.DomainRecordEditRequest{Type: "TXT", Name: "t", Data: "hello there", TTL: 60})
	mail := add(godo.DomainRecordEditRequest{Type: "MX", Name: "@", Data: "mail.lab.test.", Priority: 10})
	service := add(godo.DomainRecordEditRequest{Type: "SRV", Name: "_sip._tcp", Data: "sip.lab.test.", Priority: 1, Port: 5060, Weight: 2})
	authority := add(godo.DomainRecordEditRequest{Type: "CAA", Name: "@", Data: "letsencrypt.org.", Tag: "issue"})
	same("TXT", [2]interface{}{"hello there", 60}, [2]interface{}{text.Data, text.TTL})
	same("MX", 10, mail.Priority)
	same("SRV", [3]int{1, 5060, 2}, [3]int{service.Priority, service.Port, service.Weight})
	same("CAA", "issue", authority.Tag)
	edited := must(client.Domains.EditRecord(ctx, "lab.test", text.ID, &godo.DomainRecordEditRequest{Type: "TXT", Name: "t", Data: "bye"}))
	same("edited", "bye", edited.Data)
	same("record", "bye", must(client.Domains.Record(ctx, "lab.test", text.ID)).Data)
	done(client.Domains.DeleteRecord(ctx, "lab.test", mail.ID))
	kinds := map[string]bool{}
	for _, record := range must(client.Domains.Records(ctx, "lab.test", nil)) {
		kinds[record.Type] = true
	}
	same("kinds", map[string]bool{"SOA": true, "NS": true, "A": true, "TXT": true, "SRV": true, "CAA": true}, kinds)
	done(client.Domains.Delete(ctx, "lab.test"))
	fmt.Println("domain")
}

func project(droplet *godo.Droplet) {
	project := must(client.Projects.Create(ctx, &godo.CreateProjectRequest{
		Name: "p", Purpose: "Web Application", Environment: "Development", Description: "d",
	}))
	assigned := must(client.Projects.AssignResources(ctx, project.ID, droplet))
	same("assigned", droplet.URN(), assigned[0].URN)
	same("resources", droplet.URN(), must(client.Projects.ListResources(ctx, project.ID, nil))[0].URN)
	changed := must(client.Projects.Update(ctx, project.ID, &godo.UpdateProjectRequest{Name: "p2"}))
	same("changed project", [2]string{"p2", "Web Application"}, [2]string{changed.Name, changed.Purpose})
	first := must(client.Projects.GetDefault(ctx))
	holds("default", first.IsDefault && first.OwnerUUID != "")
	_, err := client.Projects.Delete(ctx, project.ID)
	refused("a project with resources", http.StatusPreconditionFailed, err)
	must(client.Projects.AssignResources(ctx, first.ID, droplet.URN()))
	done(client.Projects.Delete(ctx, project.ID))
	same("projects", 1, len(must(client.Projects.List(ctx, nil))))
	fmt.Println("project")
}

// More than two pages, by the links of each.
func pages() {
	must(client.Domains.Create(ctx, &godo.DomainCreateRequest{Name: "pages.test"}))
	for number := 0; number < 45; number++ {
		must(client.Domains.CreateRecord(ctx, "pages.test", &godo.DomainRecordEditRequest{
			Type: "A", Name: fmt.Sprintf("h%d", number), Data: "198.51.100.9",
		}))
	}
	seen, number := map[int]bool{}, 0
	for options := (&godo.ListOptions{}); ; {
		records, response, err := client.Domains.Records(ctx, "pages.test", options)
		if err != nil {
			panic(err)
		}
		number++
		for _, record := range records {
			seen[record.ID] = true
		}
		if response.Links.IsLastPage() {
			break
		}
		page, err := response.Links.CurrentPage()
		holds("page", err == nil && page == number)
		options = &godo.ListOptions{Page: page + 1}
	}
	same("pages and records", [2]int{3, 45 + 4}, [2]int{number, len(seen)})
	done(client.Domains.Delete(ctx, "pages.test"))
	fmt.Println("pages")
}

func refusals() {
	for what, err := range map[string]error{
		"Droplet":     third(client.Droplets.Get(ctx, 1)),
		"Volume":      third(client.Storage.GetVolume(ctx, missing)),
		"VPC":         third(client.VPCs.Get(ctx, missing)),
		"firewall":    third(client.Firewalls.Get(ctx, missing)),
		"balancer":    third(client.LoadBalancers.Get(ctx, missing)),
		"certificate": third(client.Certificates.Get(ctx, missing)),
		"domain":      third(client.Domains.Get(ctx, "missing.test")),
		"tag":         third(client.Tags.Get(ctx, "missing")),
		"key":         third(client.Keys.GetByID(ctx, 1)),
		"snapshot":    third(client.Snapshots.Get(ctx, "1")),
		"image":       third(client.Images.GetBySlug(ctx, "missing")),
		"project":     third(client.Projects.Get(ctx, missing)),
		"action":      third(client.Actions.Get(ctx, 1)),
		"database":    third(client.Databases.Get(ctx, missing)),
	} {
		refused(what, http.StatusNotFound, err)
	}
	_, _, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
		Name: "not a host name", Region: region, Size: size, Image: godo.DropletCreateImage{Slug: image},
	})
	refused("a wrong name", http.StatusUnprocessableEntity, err)
	_, _, err = godo.NewFromToken("wrong").Account.Get(ctx)
	refused("a wrong token", http.StatusUnauthorized, err)
	fmt.Println("404 422 401")
}

func third[T any](_ T, _ *godo.Response, err error) error { return err }
