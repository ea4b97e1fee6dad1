// SPDX-License-Identifier: MPL-2.0

package judge

import (
	"fmt"
	"testing"

	"github.com/digitalocean/godo"
)

func TestVPCs(t *testing.T) {
	vpc, _, err := client.VPCs.Create(ctx, &godo.VPCCreateRequest{
		Name: "judged", RegionSlug: region, IPRange: "10.30.0.0/20", Description: "first"})
	check(t, err)
	expect(t, "default", vpc.Default, false)
	_, _, err = client.VPCs.Create(ctx,
		&godo.VPCCreateRequest{Name: "other", RegionSlug: region, IPRange: "10.30.1.0/24"})
	refused(t, err, 422, "This range/size overlaps with another VPC network in your account: judged")
	_, _, err = client.VPCs.Create(ctx, &godo.VPCCreateRequest{Name: "judged", RegionSlug: region})
	refused(t, err, 422, "a VPC with the same name already exists")

	vpc, _, err = client.VPCs.Update(ctx, vpc.ID,
		&godo.VPCUpdateRequest{Name: "renamed", Description: "second"})
	check(t, err)
	expect(t, "name", vpc.Name, "renamed")
	vpc, _, err = client.VPCs.Set(ctx, vpc.ID, godo.VPCSetDescription("third"))
	check(t, err)
	expect(t, "name kept", vpc.Name, "renamed")
	vpc, _, err = client.VPCs.Get(ctx, vpc.ID)
	check(t, err)
	expect(t, "description", vpc.Description, "third")

	balancer := makeLoadBalancer(t, "member", vpc.ID)
	members, _, err := client.VPCs.ListMembers(ctx, vpc.ID,
		&godo.VPCListMembersRequest{ResourceType: "loadbalancer"}, nil)
	check(t, err)
	expect(t, "members", len(members), 1)
	expect(t, "member", members[0].URN, balancer.URN())
	_, err = client.VPCs.Delete(ctx, vpc.ID)
	refused(t, err, 409, "Can not delete VPC with members")
	_, err = client.LoadBalancers.Delete(ctx, balancer.ID)
	check(t, err)
	eventually(t, "VPC deleted", func() bool {
		_, err := client.VPCs.Delete(ctx, vpc.ID)
		return err == nil
	})
}

// A default VPC can be described anew and cannot be deleted.
func TestDefaultVPC(t *testing.T) {
	vpcs, _, err := client.VPCs.List(ctx, &godo.ListOptions{PerPage: 200})
	check(t, err)
	for _, vpc := range vpcs {
		if vpc.RegionSlug != region || !vpc.Default {
			continue
		}
		described, _, err := client.VPCs.Set(ctx, vpc.ID, godo.VPCSetDescription("free to use"))
		check(t, err)
		expect(t, "description", described.Description, "free to use")
		expect(t, "still the default", described.Default, true)
		_, err = client.VPCs.Delete(ctx, vpc.ID)
		refused(t, err, 403, "default")
		return
	}
	t.Error("the region has no default VPC")
}

func TestPaging(t *testing.T) {
	const made = 25
	for i := 0; i < made; i++ {
		vpc, _, err := client.VPCs.Create(ctx,
			&godo.VPCCreateRequest{Name: fmt.Sprint("page-", i), RegionSlug: "ams3"})
		check(t, err)
		defer client.VPCs.Delete(ctx, vpc.ID)
	}
	seen := map[string]bool{}
	options := &godo.ListOptions{}
	for {
		vpcs, response, err := client.VPCs.List(ctx, options)
		check(t, err)
		for _, vpc := range vpcs {
			seen[vpc.ID] = true
		}
		expect(t, "total", response.Meta.Total, made+11)
		if response.Links == nil || response.Links.IsLastPage() {
			break
		}
		page, err := response.Links.CurrentPage()
		check(t, err)
		options.Page = page + 1
	}
	expect(t, "seen", len(seen), made+11)
	expect(t, "last page", options.Page, 2)
}

func makeLoadBalancer(t *testing.T, name, vpc string, tags ...string) *godo.LoadBalancer {
	t.Helper()
	balancer, _, err := client.LoadBalancers.Create(ctx, loadBalancerRequest(name, vpc, tags...))
	check(t, err)
	return balancer
}

func loadBalancerRequest(name, vpc string, tags ...string) *godo.LoadBalancerRequest {
	return &godo.LoadBalancerRequest{Name: name, Region: region, VPCUUID: vpc, Tags: tags,
		RedirectHttpToHttps: true,
		ForwardingRules: []godo.ForwardingRule{{EntryProtocol: "tcp", EntryPort: 80,
			TargetProtocol: "tcp", TargetPort: 30080}}}
}

func waitActive(t *testing.T, id string) (balancer *godo.LoadBalancer) {
	t.Helper()
	eventually(t, "load balancer free", func() bool {
		var err error
		balancer, _, err = client.LoadBalancers.Get(ctx, id)
		check(t, err)
		return balancer.Status == "active"
	})
	return balancer
}

// retryBusy makes a call again while the load balancer processes previous actions.
func retryBusy(t *testing.T, call func() error) {
	t.Helper()
	eventually(t, "load balancer no longer busy", func() bool {
		err := call()
		if err != nil {
			refused(t, err, 403, "Load Balancer can't be updated while it processes previous actions")
		}
		return err == nil
	})
}

func TestLoadBalancers(t *testing.T) {
	dry := loadBalancerRequest("dry", "")
	dry.ValidateOnly = true
	_, _, err := client.LoadBalancers.Create(ctx, dry)
	check(t, err)
	dry.ForwardingRules[0].EntryPort = 50053
	_, _, err = client.LoadBalancers.Create(ctx, dry)
	refused(t, err, 422, "entry port is invalid")

	id := makeLoadBalancer(t, "judged", "", "judge-lb").ID
	_, _, err = client.LoadBalancers.Update(ctx, id, loadBalancerRequest("early", ""))
	refused(t, err, 403, "Load Balancer can't be updated while it processes previous actions")
	balancer := waitActive(t, id)
	if balancer.IP == "" || balancer.Region.Slug != region || balancer.VPCUUID == "" {
		t.Errorf("incomplete: %s", mustJSON(balancer))
	}
	expect(t, "redirect", balancer.RedirectHttpToHttps, true)

	request := loadBalancerRequest("renamed", "")
	request.RedirectHttpToHttps = false
	balancer, _, err = client.LoadBalancers.Update(ctx, id, request)
	check(t, err)
	expect(t, "name", balancer.Name, "renamed")
	expect(t, "redirect off again", balancer.RedirectHttpToHttps, false)

	droplet, _, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
		Name: "behind", Region: region, Size: size,
		Image: godo.DropletCreateImage{Slug: "debian-12-x64"}})
	check(t, err)
	defer client.Droplets.Delete(ctx, droplet.ID)
	retryBusy(t, func() error {
		_, err := client.LoadBalancers.AddDroplets(ctx, id, droplet.ID)
		return err
	})
	balancer, _, err = client.LoadBalancers.Get(ctx, id)
	check(t, err)
	expect(t, "droplet behind it", balancer.DropletIDs[0], droplet.ID)
	retryBusy(t, func() error {
		_, err := client.LoadBalancers.RemoveDroplets(ctx, id, droplet.ID)
		return err
	})
	rule := godo.ForwardingRule{EntryProtocol: "tcp", EntryPort: 443, TargetProtocol: "tcp",
		TargetPort: 30443}
	retryBusy(t, func() error {
		_, err := client.LoadBalancers.AddForwardingRules(ctx, id, rule)
		return err
	})
	retryBusy(t, func() error {
		_, err := client.LoadBalancers.RemoveForwardingRules(ctx, id, rule)
		return err
	})
	byName, _, err := client.LoadBalancers.ListByNames(ctx, []string{"none", "renamed"}, nil)
	check(t, err)
	expect(t, "by name", len(byName), 1)
	byID, _, err := client.LoadBalancers.ListByUUIDs(ctx, []string{id, "none"}, nil)
	check(t, err)
	expect(t, "by id", len(byID), 1)
	_, err = client.LoadBalancers.Delete(ctx, id)
	check(t, err)
	_, _, err = client.LoadBalancers.Get(ctx, id)
	refused(t, err, 404, "")
}

func TestEverySettingOfALoadBalancerIsReadBack(t *testing.T) {
	idle, noDNS := uint64(90), true
	request := loadBalancerRequest("settings", "", "judge-settings")
	request.Type = godo.LoadBalancerTypeRegional
	request.SizeUnit = 3
	request.ForwardingRules = []godo.ForwardingRule{{EntryProtocol: "https", EntryPort: 443,
		TargetProtocol: "http", TargetPort: 30080, CertificateID: "certificate"}}
	request.HealthCheck = &godo.HealthCheck{Protocol: "http", Port: 10256, Path: "/healthz",
		CheckIntervalSeconds: 3, ResponseTimeoutSeconds: 4, HealthyThreshold: 2, UnhealthyThreshold: 6}
	request.StickySessions = &godo.StickySessions{Type: "cookies", CookieName: "lb", CookieTtlSeconds: 60}
	request.EnableProxyProtocol = true
	request.EnableBackendKeepalive = true
	request.DisableLetsEncryptDNSRecords = &noDNS
	request.HTTPIdleTimeoutSeconds = &idle
	request.Firewall = &godo.LBFirewall{Allow: []string{"cidr:10.0.0.0/8"}, Deny: []string{"ip:1.2.3.4"}}
	request.NetworkStack = godo.LoadBalancerNetworkStackDualstack
	request.TLSCipherPolicy = godo.LoadBalancerTLSCipherPolicyStrong
	balancer, _, err := client.LoadBalancers.Create(ctx, request)
	check(t, err)
	balancer = waitActive(t, balancer.ID)
	expect(t, "rules", mustJSON(balancer.ForwardingRules), mustJSON(request.ForwardingRules))
	expect(t, "path", balancer.HealthCheck.Path, "/healthz")
	expect(t, "threshold", balancer.HealthCheck.UnhealthyThreshold, 6)
	expect(t, "sticky", mustJSON(balancer.StickySessions), mustJSON(request.StickySessions))
	expect(t, "firewall", mustJSON(balancer.Firewall), mustJSON(request.Firewall))
	expect(t, "idle", *balancer.HTTPIdleTimeoutSeconds, idle)
	expect(t, "no dns", *balancer.DisableLetsEncryptDNSRecords, true)
	expect(t, "keepalive", balancer.EnableBackendKeepalive, true)
	expect(t, "network", balancer.Network, godo.LoadBalancerNetworkTypeExternal)
	expect(t, "stack", balancer.NetworkStack, godo.LoadBalancerNetworkStackDualstack)
	expect(t, "policy", balancer.TLSCipherPolicy, godo.LoadBalancerTLSCipherPolicyStrong)
	expect(t, "size", balancer.SizeSlug, "lb-medium")
	if balancer.IPv6 == "" {
		t.Error("dual stack without an IPv6 address")
	}
	request.ValidateOnly = true
	request.Name = "dry"
	_, _, err = client.LoadBalancers.Update(ctx, balancer.ID, request)
	check(t, err)
	balancer, _, err = client.LoadBalancers.Get(ctx, balancer.ID)
	check(t, err)
	expect(t, "name after a dry run", balancer.Name, "settings")
	_, err = client.LoadBalancers.Delete(ctx, balancer.ID)
	check(t, err)
}

func TestGlobalLoadBalancersHaveACache(t *testing.T) {
	request := &godo.LoadBalancerRequest{Name: "global", Type: godo.LoadBalancerTypeGlobal}
	_, _, err := client.LoadBalancers.Create(ctx, request)
	refused(t, err, 422, "glb_settings can't be blank")
	request.GLBSettings = &godo.GLBSettings{TargetProtocol: "http", TargetPort: 80,
		CDN: &godo.CDNSettings{IsEnabled: true}, RegionPriorities: map[string]uint32{"nyc3": 1},
		FailoverThreshold: 50}
	request.Domains = []*godo.LBDomain{{Name: "www.example.com", IsManaged: false}}
	balancer, _, err := client.LoadBalancers.Create(ctx, request)
	check(t, err)
	if balancer.Region != nil || balancer.VPCUUID != "" {
		t.Errorf("a global one has no place: %s", mustJSON(balancer))
	}
	expect(t, "settings", mustJSON(balancer.GLBSettings), mustJSON(request.GLBSettings))
	expect(t, "domain", balancer.Domains[0].Name, "www.example.com")
	_, err = client.LoadBalancers.PurgeCache(ctx, balancer.ID)
	check(t, err)
	all, _, err := client.LoadBalancers.List(ctx, nil)
	check(t, err)
	expect(t, "all", len(all), 1)
	_, err = client.LoadBalancers.Delete(ctx, balancer.ID)
	check(t, err)
}
