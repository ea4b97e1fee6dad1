// SPDX-License-Identifier: MPL-2.0

package judge

import (
	"testing"

	"github.com/digitalocean/godo"
)

func makeVPC(t *testing.T, name, ipRange string) *godo.VPC {
	t.Helper()
	vpc, _, err := client.VPCs.Create(ctx,
		&godo.VPCCreateRequest{Name: name, RegionSlug: region, IPRange: ipRange})
	check(t, err)
	t.Cleanup(func() {
		eventually(t, name+" deleted", func() bool {
			_, err := client.VPCs.Delete(ctx, vpc.ID)
			return err == nil
		})
	})
	return vpc
}

func TestVPCPeerings(t *testing.T) {
	a, b := makeVPC(t, "peer-a", "10.40.0.0/20"), makeVPC(t, "peer-b", "10.41.0.0/20")
	peering, _, err := client.VPCs.CreateVPCPeering(ctx,
		&godo.VPCPeeringCreateRequest{Name: "a-b", VPCIDs: []string{a.ID, b.ID}})
	check(t, err)
	expect(t, "status", peering.Status, "PROVISIONING")
	_, _, err = client.VPCs.CreateVPCPeering(ctx,
		&godo.VPCPeeringCreateRequest{Name: "twice", VPCIDs: []string{b.ID, a.ID}})
	refused(t, err, 422, "already exists")
	eventually(t, "peering active", func() bool {
		peering, _, err = client.VPCs.GetVPCPeering(ctx, peering.ID)
		check(t, err)
		return peering.Status == "ACTIVE"
	})
	if peering.CreatedAt.IsZero() || len(peering.VPCIDs) != 2 {
		t.Errorf("incomplete: %s", mustJSON(peering))
	}
	peering, _, err = client.VPCs.UpdateVPCPeering(ctx, peering.ID,
		&godo.VPCPeeringUpdateRequest{Name: "renamed"})
	check(t, err)
	expect(t, "name", peering.Name, "renamed")
	peering, _, err = client.VPCs.UpdateVPCPeeringByVPCID(ctx, b.ID, peering.ID,
		&godo.VPCPeeringUpdateRequest{Name: "again"})
	check(t, err)
	expect(t, "name", peering.Name, "again")
	all, _, err := client.VPCs.ListVPCPeerings(ctx, nil)
	check(t, err)
	expect(t, "all", len(all), 1)
	removePeering(t, peering.ID)

	peering, _, err = client.VPCs.CreateVPCPeeringByVPCID(ctx, a.ID,
		&godo.VPCPeeringCreateRequestByVPCID{Name: "by-vpc", VPCID: b.ID})
	check(t, err)
	its, _, err := client.VPCs.ListVPCPeeringsByVPCID(ctx, b.ID, nil)
	check(t, err)
	expect(t, "of the other VPC", its[0].ID, peering.ID)
	removePeering(t, peering.ID)
}

func removePeering(t *testing.T, id string) {
	t.Helper()
	_, err := client.VPCs.DeleteVPCPeering(ctx, id)
	check(t, err)
	eventually(t, "peering gone", func() bool {
		_, response, err := client.VPCs.GetVPCPeering(ctx, id)
		return err != nil && response.StatusCode == 404
	})
}

func TestNATGateways(t *testing.T) {
	vpc := makeVPC(t, "behind-nat", "10.42.0.0/20")
	request := &godo.VPCNATGatewayRequest{Name: "out", Type: "PUBLIC", Region: region, Size: 1,
		VPCs:              []*godo.IngressVPC{{VpcUUID: vpc.ID, DefaultGateway: true}},
		UDPTimeoutSeconds: 60}
	gateway, _, err := client.VPCNATGateways.Create(ctx, request)
	check(t, err)
	expect(t, "state", gateway.State, "NEW")
	_, _, err = client.VPCNATGateways.Create(ctx, request)
	refused(t, err, 422, "same name")
	eventually(t, "gateway active", func() bool {
		gateway, _, err = client.VPCNATGateways.Get(ctx, gateway.ID)
		check(t, err)
		return gateway.State == "ACTIVE"
	})
	if len(gateway.Egresses.PublicGateways) != 1 || gateway.Egresses.PublicGateways[0].IPv4 == "" ||
		gateway.VPCs[0].GatewayIP == "" || !gateway.VPCs[0].DefaultGateway {
		t.Errorf("incomplete: %s", mustJSON(gateway))
	}
	expect(t, "UDP timeout", gateway.UDPTimeoutSeconds, 60)
	request.Size = 2
	request.Name = "wider"
	gateway, _, err = client.VPCNATGateways.Update(ctx, gateway.ID, request)
	check(t, err)
	expect(t, "size", gateway.Size, 2)
	found, _, err := client.VPCNATGateways.List(ctx,
		&godo.VPCNATGatewaysListOptions{Name: []string{"wider"}, State: []string{"ACTIVE"}})
	check(t, err)
	expect(t, "by name", len(found), 1)
	members, _, err := client.VPCs.ListMembers(ctx, vpc.ID, nil, nil)
	check(t, err)
	expect(t, "members", len(members), 1)

	isolated := clusterRequest("isolated", "latest")
	isolated.VPCUUID = vpc.ID
	isolated.IsolatedWorkers = true
	cluster, _, err := client.Kubernetes.Create(ctx, isolated)
	check(t, err)
	expect(t, "isolated", cluster.IsolatedWorkers, true)
	_, err = client.Kubernetes.Delete(ctx, cluster.ID)
	check(t, err)
	waitGone(t, cluster.ID)

	_, err = client.VPCNATGateways.Delete(ctx, gateway.ID)
	check(t, err)
	eventually(t, "gateway gone", func() bool {
		_, _, err := client.VPCNATGateways.Get(ctx, gateway.ID)
		return err != nil
	})
}

func TestFirewalls(t *testing.T) {
	droplet, _, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
		Name: "guarded", Region: region, Size: size, Tags: []string{"guarded"},
		Image: godo.DropletCreateImage{Slug: "debian-12-x64"}})
	check(t, err)
	defer client.Droplets.Delete(ctx, droplet.ID)
	rule := godo.InboundRule{Protocol: "tcp", PortRange: "all",
		Sources: &godo.Sources{Addresses: []string{"10.0.0.0/8"}, Tags: []string{"guarded"}}}
	request := &godo.FirewallRequest{Name: "judged", DropletIDs: []int{droplet.ID},
		InboundRules: []godo.InboundRule{rule}}
	firewall, _, err := client.Firewalls.Create(ctx, request)
	check(t, err)
	expect(t, "status", firewall.Status, "waiting")
	expect(t, "pending", firewall.PendingChanges[0].DropletID, droplet.ID)
	expect(t, "all ports", firewall.InboundRules[0].PortRange, "0")
	_, _, err = client.Firewalls.Create(ctx, request)
	refused(t, err, 409, "duplicate name")
	eventually(t, "firewall applied", func() bool {
		firewall, _, err = client.Firewalls.Get(ctx, firewall.ID)
		check(t, err)
		return firewall.Status == "succeeded"
	})

	ssh := godo.FirewallRulesRequest{InboundRules: []godo.InboundRule{{Protocol: "tcp",
		PortRange: "22", Sources: &godo.Sources{DropletIDs: []int{droplet.ID}}}}}
	for what, call := range map[string]func() error{
		"add rules":       func() error { _, err := client.Firewalls.AddRules(ctx, firewall.ID, &ssh); return err },
		"add tags":        func() error { _, err := client.Firewalls.AddTags(ctx, firewall.ID, "more"); return err },
		"remove droplets": func() error { _, err := client.Firewalls.RemoveDroplets(ctx, firewall.ID, droplet.ID); return err },
	} {
		if err := call(); err != nil {
			t.Fatal(what, err)
		}
	}
	firewall, _, err = client.Firewalls.Get(ctx, firewall.ID)
	check(t, err)
	expect(t, "rules", len(firewall.InboundRules), 2)
	expect(t, "tags", len(firewall.Tags), 1)
	expect(t, "droplets", len(firewall.DropletIDs), 0)
	_, err = client.Firewalls.RemoveRules(ctx, firewall.ID, &ssh)
	check(t, err)
	_, err = client.Firewalls.RemoveTags(ctx, firewall.ID, "more")
	check(t, err)
	_, err = client.Firewalls.AddDroplets(ctx, firewall.ID, droplet.ID)
	check(t, err)
	all, _, err := client.Firewalls.List(ctx, nil)
	check(t, err)
	expect(t, "firewalls", len(all), 1)
	expect(t, "back to one rule", len(all[0].InboundRules), 1)

	request.Name = "renamed"
	request.DropletIDs = nil
	firewall, _, err = client.Firewalls.Update(ctx, firewall.ID, request)
	check(t, err)
	expect(t, "droplets", len(firewall.DropletIDs), 0)
	_, err = client.Firewalls.Delete(ctx, firewall.ID)
	check(t, err)
	_, _, err = client.Firewalls.Get(ctx, firewall.ID)
	refused(t, err, 404, "")
}
