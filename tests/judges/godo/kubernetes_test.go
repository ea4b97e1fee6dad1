// SPDX-License-Identifier: MPL-2.0

package judge

import (
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"
)

func clusterRequest(name, version string) *godo.KubernetesClusterCreateRequest {
	return &godo.KubernetesClusterCreateRequest{Name: name, RegionSlug: region, VersionSlug: version,
		Tags: []string{"kproto:judge"}, SurgeUpgrade: true,
		MaintenancePolicy: &godo.KubernetesMaintenancePolicy{
			StartTime: "04:00", Day: godo.KubernetesMaintenanceDayMonday},
		NodePools: []*godo.KubernetesNodePoolCreateRequest{
			{Name: "primary", Size: size, Count: 2},
			{Name: "monitoring", Size: "c-4", Count: 1,
				Labels: map[string]string{"node-type": "monitoring"},
				Taints: []godo.Taint{{Key: "dedicated", Value: "monitoring", Effect: "NoSchedule"}}},
		}}
}

func makeCluster(t *testing.T, name, version string) *godo.KubernetesCluster {
	t.Helper()
	cluster, _, err := client.Kubernetes.Create(ctx, clusterRequest(name, version))
	check(t, err)
	expect(t, "state", cluster.Status.State, godo.KubernetesClusterStatusProvisioning)
	expect(t, "endpoint", cluster.Endpoint, "")
	return waitRunning(t, cluster.ID)
}

// waitRunning waits for the cluster and all its nodes.
func waitRunning(t *testing.T, id string) (cluster *godo.KubernetesCluster) {
	t.Helper()
	eventually(t, "cluster and nodes running", func() bool {
		var err error
		cluster, _, err = client.Kubernetes.Get(ctx, id)
		check(t, err)
		running := cluster.Status.State == godo.KubernetesClusterStatusRunning
		for _, pool := range cluster.NodePools {
			running = running && len(pool.Nodes) == pool.Count
			for _, node := range pool.Nodes {
				running = running && node.Status.State == "running"
			}
		}
		return running
	})
	return cluster
}

// waitGone waits for 404. While a cluster is "deleting" godo knows no such state and fails to read
// it: a trap of the real API that the simulator keeps.
func waitGone(t *testing.T, id string) {
	t.Helper()
	eventually(t, "cluster gone", func() bool {
		_, response, err := client.Kubernetes.Get(ctx, id)
		if err == nil {
			return false
		}
		if strings.Contains(err.Error(), "unknown cluster state") {
			return false
		}
		if response == nil || response.StatusCode != 404 {
			t.Fatal(err)
		}
		return true
	})
}

func TestOptions(t *testing.T) {
	options, _, err := client.Kubernetes.GetOptions(ctx)
	check(t, err)
	expect(t, "newest version", options.Versions[0].Slug, "1.34.4-do.1")
	expect(t, "of Kubernetes", options.Versions[0].KubernetesVersion, "1.34.4")
	if len(options.Regions) == 0 || len(options.Sizes) == 0 {
		t.Error("no regions or sizes")
	}
}

func TestClusterLife(t *testing.T) {
	cluster := makeCluster(t, "judged", "1.34")
	defer client.Kubernetes.Delete(ctx, cluster.ID)
	expect(t, "version", cluster.VersionSlug, "1.34.4-do.1")
	expect(t, "tags", strings.Join(cluster.Tags, " "), "k8s k8s:"+cluster.ID+" kproto:judge")
	expect(t, "HA", cluster.HA, false)
	expect(t, "maintenance", cluster.MaintenancePolicy.Duration, "4h0m0s")
	pool := cluster.NodePools[1]
	expect(t, "taint", pool.Taints[0].String(), "dedicated=monitoring:NoSchedule")
	expect(t, "label", pool.Labels["node-type"], "monitoring")
	expect(t, "pool tags", strings.Join(pool.Tags, " "), "k8s k8s:"+cluster.ID+" k8s:worker")
	if !strings.HasPrefix(pool.Nodes[0].Name, "monitoring-") || pool.Nodes[0].DropletID == "" {
		t.Errorf("node: %s", mustJSON(pool.Nodes[0]))
	}

	on := true
	cluster, _, err := client.Kubernetes.Update(ctx, cluster.ID,
		&godo.KubernetesClusterUpdateRequest{Name: "renamed", AutoUpgrade: &on,
			RoutingAgent: &godo.KubernetesRoutingAgent{Enabled: &on}})
	check(t, err)
	expect(t, "name", cluster.Name, "renamed")
	expect(t, "auto upgrade", cluster.AutoUpgrade, true)
	expect(t, "surge kept", cluster.SurgeUpgrade, true)
	expect(t, "routing agent", *cluster.RoutingAgent.Enabled, true)

	hour := 3600
	credentials, _, err := client.Kubernetes.GetCredentials(ctx, cluster.ID,
		&godo.KubernetesClusterCredentialsGetRequest{ExpirySeconds: &hour})
	check(t, err)
	if left := time.Until(credentials.ExpiresAt); left < 55*time.Minute || left > time.Hour {
		t.Errorf("expires in %s", left)
	}
	expect(t, "server", credentials.Server, cluster.Endpoint)
	config, _, err := client.Kubernetes.GetKubeConfig(ctx, cluster.ID, nil)
	check(t, err)
	if !strings.Contains(string(config.KubeconfigYAML), "do-nyc3-renamed-admin") {
		t.Errorf("kubeconfig: %s", config.KubeconfigYAML)
	}
	_, _, err = client.Kubernetes.GetKubeConfigWithExpiry(ctx, cluster.ID, 60)
	check(t, err)
	user, _, err := client.Kubernetes.GetUser(ctx, cluster.ID)
	check(t, err)
	if user.Username == "" {
		t.Error("no user name")
	}
	since := time.Now().Add(-time.Hour)
	messages, _, err := client.Kubernetes.GetClusterStatusMessages(ctx, cluster.ID,
		&godo.KubernetesGetClusterStatusMessagesRequest{Since: &since})
	check(t, err)
	if len(messages) == 0 {
		t.Error("no status messages")
	}
	run, _, err := client.Kubernetes.RunClusterlint(ctx, cluster.ID,
		&godo.KubernetesRunClusterlintRequest{})
	check(t, err)
	lint := &godo.KubernetesGetClusterlintRequest{RunId: run}
	found, _, err := client.Kubernetes.GetClusterlintResults(ctx, cluster.ID, lint)
	check(t, err)
	expect(t, "findings of a run under way", len(found), 0)
	lab(t, "POST", "/lab/clusters/"+cluster.ID+"/clusterlint", map[string]any{"diagnostics": []any{
		map[string]any{"check_name": "bare-pods", "severity": "error", "message": "lonely",
			"object": map[string]any{"kind": "Pod", "name": "a", "namespace": "b"}}}}, nil)
	lint.RunId, _, err = client.Kubernetes.RunClusterlint(ctx, cluster.ID,
		&godo.KubernetesRunClusterlintRequest{})
	check(t, err)
	eventually(t, "clusterlint has run", func() bool {
		found, _, err = client.Kubernetes.GetClusterlintResults(ctx, cluster.ID, lint)
		check(t, err)
		return len(found) == 1
	})
	expect(t, "severity", found[0].Severity, "error")
	expect(t, "object", found[0].Object.Kind+" "+found[0].Object.Namespace+"/"+found[0].Object.Name,
		"Pod b/a")
	integrateRegistry(t, cluster.ID)
	clusters, _, err := client.Kubernetes.List(ctx, nil)
	check(t, err)
	expect(t, "clusters", len(clusters), 1)

	_, err = client.Kubernetes.Delete(ctx, cluster.ID)
	check(t, err)
	waitGone(t, cluster.ID)
}

func TestClusterSettings(t *testing.T) {
	on, off := true, false
	threshold, unneeded := 0.65, "10m"
	request := clusterRequest("settings", "1.34")
	request.ControlPlaneFirewall = &godo.KubernetesControlPlaneFirewall{
		Enabled: &on, AllowedAddresses: []string{"203.0.113.7", "198.51.100.0/24"}}
	request.ClusterAutoscalerConfiguration = &godo.KubernetesClusterAutoscalerConfiguration{
		ScaleDownUtilizationThreshold: &threshold, ScaleDownUnneededTime: &unneeded,
		Expanders: []string{"priority"}}
	request.NodePools[1].Size = "gpu-mi300x1-192gb"
	cluster, _, err := client.Kubernetes.Create(ctx, request)
	check(t, err)
	defer client.Kubernetes.Delete(ctx, cluster.ID)
	cluster = waitRunning(t, cluster.ID)
	expect(t, "firewall", *cluster.ControlPlaneFirewall.Enabled, true)
	expect(t, "addresses", len(cluster.ControlPlaneFirewall.AllowedAddresses), 2)
	expect(t, "unneeded", *cluster.ClusterAutoscalerConfiguration.ScaleDownUnneededTime, "10m0s")
	expect(t, "AMD plugin comes with the GPU", *cluster.AmdGpuDevicePlugin.Enabled, true)

	cluster, _, err = client.Kubernetes.Update(ctx, cluster.ID,
		&godo.KubernetesClusterUpdateRequest{Name: "settings",
			ControlPlaneFirewall:           &godo.KubernetesControlPlaneFirewall{Enabled: &off},
			ClusterAutoscalerConfiguration: &godo.KubernetesClusterAutoscalerConfiguration{Expanders: []string{}},
			AmdGpuDevicePlugin:             &godo.KubernetesAmdGpuDevicePlugin{Enabled: &off},
			NvidiaGpuDevicePlugin:          &godo.KubernetesNvidiaGpuDevicePlugin{Enabled: &on}})
	check(t, err)
	expect(t, "firewall off", *cluster.ControlPlaneFirewall.Enabled, false)
	expect(t, "expanders reset", len(cluster.ClusterAutoscalerConfiguration.Expanders), 0)
	expect(t, "threshold kept", *cluster.ClusterAutoscalerConfiguration.ScaleDownUtilizationThreshold, threshold)
	expect(t, "AMD plugin off", *cluster.AmdGpuDevicePlugin.Enabled, false)
	expect(t, "NVIDIA plugin on", *cluster.NvidiaGpuDevicePlugin.Enabled, true)
	_, err = client.Kubernetes.Delete(ctx, cluster.ID)
	check(t, err)
	waitGone(t, cluster.ID)
}

func TestNodePools(t *testing.T) {
	cluster := makeCluster(t, "pools", "latest")
	defer client.Kubernetes.Delete(ctx, cluster.ID)
	pool, _, err := client.Kubernetes.CreateNodePool(ctx, cluster.ID,
		&godo.KubernetesNodePoolCreateRequest{Name: "extra", Size: size, AutoScale: true, MinNodes: 1,
			MaxNodes: 3, Count: 1, Taints: []godo.Taint{{Key: "a", Value: "b", Effect: "NoExecute"}}})
	check(t, err)
	_, _, err = client.Kubernetes.CreateNodePool(ctx, cluster.ID,
		&godo.KubernetesNodePoolCreateRequest{Name: "bad", Size: "none", Count: 1})
	refused(t, err, 422, "invalid droplet size")
	_, _, err = client.Kubernetes.CreateNodePool(ctx, cluster.ID,
		&godo.KubernetesNodePoolCreateRequest{Name: "huge", Size: size, Count: 200})
	refused(t, err, 422, "additional nodes but not enough available droplet limit")
	off, two := false, 2
	pool, _, err = client.Kubernetes.UpdateNodePool(ctx, cluster.ID, pool.ID,
		&godo.KubernetesNodePoolUpdateRequest{Name: "extra", Count: &two, AutoScale: &off,
			Taints: &[]godo.Taint{}})
	check(t, err)
	expect(t, "taints gone", len(pool.Taints), 0)
	expect(t, "max is 0 when autoscaling is off", pool.MaxNodes, 0)
	cluster = waitRunning(t, cluster.ID)

	template, _, err := client.Kubernetes.GetNodePoolTemplate(ctx, cluster.ID, "monitoring")
	check(t, err)
	expect(t, "taint", template.Template.Taints[0], "dedicated=monitoring:NoSchedule")
	expect(t, "CPUs", template.Template.Capacity.CPU, 4)
	pool, _, err = client.Kubernetes.GetNodePool(ctx, cluster.ID, pool.ID)
	check(t, err)
	expect(t, "nodes", len(pool.Nodes), 2)
	_, err = client.Kubernetes.DeleteNode(ctx, cluster.ID, pool.ID, pool.Nodes[0].ID,
		&godo.KubernetesNodeDeleteRequest{Replace: true, SkipDrain: true})
	check(t, err)
	_, err = client.Kubernetes.RecycleNodePoolNodes(ctx, cluster.ID, pool.ID,
		&godo.KubernetesNodePoolRecycleNodesRequest{Nodes: []string{pool.Nodes[1].ID}})
	check(t, err)
	waitRunning(t, cluster.ID)
	after, _, err := client.Kubernetes.GetNodePool(ctx, cluster.ID, pool.ID)
	check(t, err)
	expect(t, "nodes after replacement", len(after.Nodes), 2)
	for _, node := range after.Nodes {
		if node.ID == pool.Nodes[0].ID || node.ID == pool.Nodes[1].ID {
			t.Errorf("node %s is still there", node.ID)
		}
	}
	_, err = client.Kubernetes.DeleteNodePool(ctx, cluster.ID, pool.ID)
	check(t, err)
	eventually(t, "pool gone", func() bool {
		pools, _, err := client.Kubernetes.ListNodePools(ctx, cluster.ID, nil)
		check(t, err)
		return len(pools) == 2
	})
	_, err = client.Kubernetes.DeleteSelective(ctx, cluster.ID,
		&godo.KubernetesClusterDeleteSelectiveRequest{})
	check(t, err)
	waitGone(t, cluster.ID)
}

func TestUpgrade(t *testing.T) {
	cluster := makeCluster(t, "upgraded", "1.32.12-do.1")
	defer client.Kubernetes.Delete(ctx, cluster.ID)
	upgrades, _, err := client.Kubernetes.GetUpgrades(ctx, cluster.ID)
	check(t, err)
	expect(t, "one step", len(upgrades), 1)
	_, err = client.Kubernetes.Upgrade(ctx, cluster.ID,
		&godo.KubernetesClusterUpgradeRequest{VersionSlug: "1.34.4-do.1"})
	refused(t, err, 422, "invalid upgrade path") // one minor at a time
	_, err = client.Kubernetes.Upgrade(ctx, cluster.ID,
		&godo.KubernetesClusterUpgradeRequest{VersionSlug: "1.33"})
	refused(t, err, 422, "invalid version slug")
	lab(t, "POST", "/lab/kubernetes_versions", map[string]any{"slug": "1.32.13-do.0"}, nil)
	upgrades, _, err = client.Kubernetes.GetUpgrades(ctx, cluster.ID)
	check(t, err)
	expect(t, "the newest patch first", upgrades[0].Slug, "1.32.13-do.0")
	_, err = client.Kubernetes.Upgrade(ctx, cluster.ID,
		&godo.KubernetesClusterUpgradeRequest{VersionSlug: "1.33.8-do.1"})
	refused(t, err, 422, "invalid upgrade path")
	lab(t, "POST", "/lab/kubernetes_versions",
		map[string]any{"slug": "1.32.13-do.0", "offered": false}, nil)
	upgrades, _, err = client.Kubernetes.GetUpgrades(ctx, cluster.ID)
	check(t, err)
	_, err = client.Kubernetes.Upgrade(ctx, cluster.ID,
		&godo.KubernetesClusterUpgradeRequest{VersionSlug: upgrades[0].Slug})
	check(t, err)
	got, _, err := client.Kubernetes.Get(ctx, cluster.ID)
	check(t, err)
	expect(t, "state", got.Status.State, godo.KubernetesClusterStatusUpgrading)
	old := map[string]bool{}
	most := 0
	for _, pool := range got.NodePools {
		for _, node := range pool.Nodes {
			old[node.ID] = true
		}
	}
	eventually(t, "upgraded", func() bool {
		got, _, err = client.Kubernetes.Get(ctx, cluster.ID)
		check(t, err)
		nodes := 0
		for _, pool := range got.NodePools {
			nodes += len(pool.Nodes)
		}
		most = max(most, nodes)
		return got.Status.State == godo.KubernetesClusterStatusRunning
	})
	expect(t, "version", got.VersionSlug, "1.33.8-do.1")
	if most <= len(old) {
		t.Errorf("no surge: never more than %d nodes", most)
	}
	for _, pool := range got.NodePools {
		for _, node := range pool.Nodes {
			if old[node.ID] {
				t.Errorf("node %s outlived the upgrade", node.ID)
			}
		}
	}
	_, err = client.Kubernetes.Upgrade(ctx, cluster.ID,
		&godo.KubernetesClusterUpgradeRequest{VersionSlug: "1.34.4-do.1"})
	check(t, err)
	cluster = waitRunning(t, cluster.ID)
	expect(t, "version", cluster.VersionSlug, "1.34.4-do.1")
	upgrades, _, err = client.Kubernetes.GetUpgrades(ctx, cluster.ID)
	check(t, err)
	expect(t, "no step left", len(upgrades), 0)
	_, err = client.Kubernetes.Delete(ctx, cluster.ID)
	check(t, err)
	waitGone(t, cluster.ID)
}

func TestDangerousDeletion(t *testing.T) {
	cluster := makeCluster(t, "owner", "latest")
	mark := "k8s:" + cluster.ID
	makeLoadBalancer(t, "a0123", "", mark)
	_, _, err := client.Storage.CreateVolume(ctx, &godo.VolumeCreateRequest{
		Name: "pvc-1", Region: region, SizeGigaBytes: 1, Tags: []string{mark}})
	check(t, err)
	owned, _, err := client.Kubernetes.ListAssociatedResourcesForDeletion(ctx, cluster.ID)
	check(t, err)
	expect(t, "load balancers", len(owned.LoadBalancers), 1)
	expect(t, "volumes", owned.Volumes[0].Name, "pvc-1")
	expect(t, "snapshots", len(owned.VolumeSnapshots), 0)
	_, err = client.Kubernetes.DeleteDangerous(ctx, cluster.ID)
	check(t, err)
	waitGone(t, cluster.ID)
	balancers, _, err := client.LoadBalancers.List(ctx, nil)
	check(t, err)
	expect(t, "load balancers left", len(balancers), 0)
	droplets, counted, err := client.Droplets.List(ctx, &godo.ListOptions{PerPage: 1})
	check(t, err)
	expect(t, "droplets left", len(droplets), 0)
	expect(t, "total of droplets", counted.Meta.Total, 0)
}

// What a selective deletion does not name stays, and carries the cluster's mark further on.
func TestSelectiveDeletion(t *testing.T) {
	cluster := makeCluster(t, "chooser", "latest")
	mark := "k8s:" + cluster.ID
	balancer := makeLoadBalancer(t, "a0456", "", mark)
	kept := makeLoadBalancer(t, "a0789", "", mark)
	defer client.LoadBalancers.Delete(ctx, kept.ID)
	volume, _, err := client.Storage.CreateVolume(ctx, &godo.VolumeCreateRequest{
		Name: "pvc-2", Region: region, SizeGigaBytes: 1, Tags: []string{mark}})
	check(t, err)
	defer client.Storage.DeleteVolume(ctx, volume.ID)
	snapshot, _, err := client.Storage.CreateSnapshot(ctx,
		&godo.SnapshotCreateRequest{VolumeID: volume.ID, Name: "nightly"})
	check(t, err)
	owned, _, err := client.Kubernetes.ListAssociatedResourcesForDeletion(ctx, cluster.ID)
	check(t, err)
	expect(t, "load balancers", len(owned.LoadBalancers), 2)
	expect(t, "snapshots", owned.VolumeSnapshots[0].ID, snapshot.ID)
	_, response, err := client.Droplets.List(ctx, &godo.ListOptions{Page: 1, PerPage: 1})
	check(t, err)
	expect(t, "droplets in all", response.Meta.Total, 3)
	_, err = client.Kubernetes.DeleteSelective(ctx, cluster.ID,
		&godo.KubernetesClusterDeleteSelectiveRequest{LoadBalancers: []string{balancer.ID},
			VolumeSnapshots: []string{snapshot.ID}})
	check(t, err)
	waitGone(t, cluster.ID)
	_, _, err = client.LoadBalancers.Get(ctx, balancer.ID)
	refused(t, err, 404, "")
	_, _, err = client.Snapshots.Get(ctx, snapshot.ID)
	refused(t, err, 404, "")
	balancers, _, err := client.LoadBalancers.List(ctx, nil)
	check(t, err)
	expect(t, "kept", balancers[0].ID, kept.ID)
	expect(t, "its mark", strings.Join(balancers[0].Tags, " "), mark)
	volume, _, err = client.Storage.GetVolume(ctx, volume.ID)
	check(t, err)
	expect(t, "held by none", len(volume.DropletIDs), 0)
}

func TestRefusedClusters(t *testing.T) {
	_, _, err := client.Kubernetes.Create(ctx, clusterRequest("old", "1.1.1-do.0"))
	refused(t, err, 422, "validation error: invalid version slug")
	request := clusterRequest("isolated", "latest")
	request.IsolatedWorkers = true
	_, _, err = client.Kubernetes.Create(ctx, request)
	refused(t, err, 422, "NAT gateway")
	_, _, err = client.Kubernetes.Get(ctx, "none")
	refused(t, err, 404, "cluster not found")
}

func TestFaultsReachTheClient(t *testing.T) {
	lab(t, "POST", "/lab/faults", map[string]any{"kind": "status", "status": 502, "method": "GET",
		"path": "/v2/account", "message": "bad gateway"}, nil)
	_, _, err := client.Account.Get(ctx)
	refused(t, err, 502, "bad gateway")
	lab(t, "POST", "/lab/faults", map[string]any{"kind": "drop_after", "method": "POST",
		"path": "/v2/vpcs"}, nil)
	_, response, err := client.VPCs.Create(ctx,
		&godo.VPCCreateRequest{Name: "lost", RegionSlug: region, IPRange: "10.77.0.0/24"})
	if err == nil || response != nil {
		t.Fatal("the answer should have been lost")
	}
	vpcs, _, err := client.VPCs.List(ctx, &godo.ListOptions{PerPage: 200})
	check(t, err)
	found := ""
	for _, vpc := range vpcs {
		if vpc.Name == "lost" {
			found = vpc.ID
		}
	}
	_, err = client.VPCs.Delete(ctx, found)
	check(t, err)
}
