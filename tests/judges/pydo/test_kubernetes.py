# SPDX-License-Identifier: MPL-2.0

from azure.core.exceptions import DecodeError

from judge import REGION, SIZE, JudgeTest


class KubernetesTest(JudgeTest):
    def setUp(self):
        super().setUp()
        self.api = self.client.kubernetes

    def body(self, name, version="latest"):
        return {"name": name, "region": REGION, "version": version, "tags": ["kproto:judge"],
                "node_pools": [
                    {"name": "primary", "size": SIZE, "count": 2},
                    {"name": "monitoring", "size": "c-4", "count": 1,
                     "labels": {"node-type": "monitoring"},
                     "taints": [{"key": "dedicated", "value": "monitoring", "effect": "NoSchedule"}]}]}

    def make(self, name, version="latest"):
        made = self.api.create_cluster(body=self.body(name, version))["kubernetes_cluster"]
        self.assertEqual((made["status"]["state"], made["endpoint"]), ("provisioning", ""))
        self.addCleanup(self.api.delete_cluster, made["id"])
        return self.wait_running(made["id"])

    def wait_running(self, cluster_id):
        def running():
            cluster = self.api.get_cluster(cluster_id)["kubernetes_cluster"]
            nodes = [node for pool in cluster["node_pools"] for node in pool["nodes"]]
            count = sum(pool["count"] for pool in cluster["node_pools"])
            states = {node["status"]["state"] for node in nodes}
            done = cluster["status"]["state"] == "running" and states == {"running"}
            return cluster if done and len(nodes) == count else None
        return self.eventually("cluster and nodes running", running)

    def wait_gone(self, cluster_id):
        seen = set()

        def gone():
            body = self.api.get_cluster(cluster_id)
            seen.add(body.get("kubernetes_cluster", {}).get("status", {}).get("state"))
            return body.get("id") == "not_found"
        self.eventually("cluster gone", gone)
        self.assertIn("deleting", seen)

    def test_options(self):
        options = self.api.list_options()["options"]
        self.assertEqual(options["versions"][0]["slug"], "1.34.4-do.1")
        self.assertIn("s-2vcpu-4gb", [each["slug"] for each in options["sizes"]])
        self.assertIn("nyc3", [each["slug"] for each in options["regions"]])

    def test_cluster_life(self):
        cluster = self.make("judged", "1.34")
        identity = cluster["id"]
        self.assertEqual(cluster["version"], "1.34.4-do.1")
        self.assertEqual(cluster["tags"], ["k8s", "k8s:" + identity, "kproto:judge"])
        self.assertEqual(cluster["node_pools"][1]["taints"][0]["key"], "dedicated")
        changed = self.api.update_cluster(identity, body={
            "name": "renamed", "surge_upgrade": True,
            "maintenance_policy": {"day": "monday", "start_time": "04:00"}})["kubernetes_cluster"]
        self.assertEqual((changed["name"], changed["maintenance_policy"]["day"]), ("renamed", "monday"))
        credentials = self.api.get_credentials(identity, expiry_seconds=60)
        self.assertEqual(credentials["server"], cluster["endpoint"])
        self.assertTrue(credentials["token"])
        # pydo cannot read DigitalOcean's YAML either (its issue 264, open since 2022).
        with self.assertRaisesRegex(DecodeError, "application/yaml"):
            self.api.get_kubeconfig(identity)
        self.assertTrue(self.api.get_cluster_user(identity)["kubernetes_cluster_user"]["username"])
        self.assertTrue(self.api.get_status_messages(identity)["messages"])
        run = self.api.run_cluster_lint(identity, body={})["run_id"]
        self.assertNotIn("completed_at", self.api.get_cluster_lint_results(identity, run_id=run))
        done = self.eventually("clusterlint has run", lambda: (
            lambda result: result if result.get("completed_at") else None)(
                self.api.get_cluster_lint_results(identity, run_id=run)))
        self.assertEqual((done["run_id"], done["diagnostics"]), (run, []))
        self.registries_of(identity)
        self.assertEqual(self.api.list_clusters()["meta"]["total"], 1)
        self.api.delete_cluster(identity)
        self.wait_gone(identity)

    def registries_of(self, identity):
        """Integrates one registry, then two, by the API of each."""
        def enabled():
            return self.api.get_cluster(identity)["kubernetes_cluster"]["registry_enabled"]
        one = {"cluster_uuids": [identity]}
        self.client.registries.create(
            body={"name": "pulled", "subscription_tier_slug": "professional"})
        self.api.add_registry(body=one)
        self.assertTrue(enabled())
        self.api.remove_registry(body=one)
        self.assertFalse(enabled())
        self.client.registries.create(body={"name": "pulled-too"})
        self.refused("precondition_failed", "multiple registries", self.api.add_registry, body=one)
        two = {"cluster_uuids": [identity], "registries": ["pulled", "pulled-too"]}
        self.api.add_registries(body=two)
        self.assertTrue(enabled())
        self.api.remove_registries(body={**two, "registries": ["pulled"]})
        self.assertTrue(enabled(), "from the other one")
        self.client.registries.delete("pulled-too")
        self.assertFalse(enabled(), "a registry that is gone is integrated nowhere")
        self.client.registries.delete("pulled")

    def test_settings(self):
        body = self.body("settings")
        body["sso"] = {"enabled": True, "issuer_url": "https://id.example", "client_id": "doks"}
        body["control_plane_firewall"] = {"enabled": True, "allowed_addresses": ["203.0.113.7"]}
        body["node_pools"][1].update(
            {"size": "gpu-mi300x1-192gb", "gpu_partition_mode": "AMD_PARTITION_MODE_SPX_NPS1"})
        made = self.api.create_cluster(body=body)["kubernetes_cluster"]
        self.addCleanup(self.api.delete_cluster, made["id"])
        cluster = self.wait_running(made["id"])
        self.assertEqual((cluster["sso"]["enabled"], cluster["sso"]["required"]), (True, False))
        self.assertEqual(cluster["node_pools"][1]["gpu_partition_mode"],
                         "AMD_PARTITION_MODE_SPX_NPS1")
        changed = self.api.update_cluster(made["id"], body={
            "name": "settings", "sso": {"enabled": False},
            "routing_agent": {"enabled": True}})["kubernetes_cluster"]
        self.assertEqual((changed["sso"]["enabled"], changed["routing_agent"]["enabled"]),
                         (False, True))
        self.assertTrue(changed["control_plane_firewall"]["enabled"])
        body["sso"] = {"enabled": True}
        self.refused("unprocessable_entity", "sso.issuer_url", self.api.create_cluster, body=body)

    def test_node_pools(self):
        identity = self.make("pools")["id"]
        pool = self.api.add_node_pool(identity, body={
            "name": "extra", "size": SIZE, "count": 1, "auto_scale": True, "min_nodes": 1,
            "max_nodes": 3})["node_pool"]["id"]
        self.refused("unprocessable_entity", "not enough available droplet limit",
                     self.api.add_node_pool, identity,
                     body={"name": "huge", "size": SIZE, "count": 200})
        changed = self.api.update_node_pool(identity, pool, body={
            "name": "extra", "count": 2, "auto_scale": False})["node_pool"]
        self.assertEqual((changed["count"], changed["max_nodes"]), (2, 0))
        self.wait_running(identity)
        nodes = self.api.get_node_pool(identity, pool)["node_pool"]["nodes"]
        self.api.delete_node(identity, pool, nodes[0]["id"], skip_drain=1, replace=1)
        self.api.recycle_node_pool(identity, pool, body={"nodes": [nodes[1]["id"]]})
        self.wait_running(identity)
        self.api.delete_node_pool(identity, pool)
        self.eventually("pool gone",
                        lambda: len(self.api.list_node_pools(identity)["node_pools"]) == 2)
        self.api.destroy_associated_resources_selective(identity, body={"volumes": []})
        self.wait_gone(identity)

    def test_upgrade(self):
        identity = self.make("upgraded", "1.33.8-do.1")["id"]
        steps = self.api.get_available_upgrades(identity)["available_upgrade_versions"]
        self.assertEqual([each["slug"] for each in steps], ["1.34.4-do.1"])
        self.refused("unprocessable_entity", "invalid upgrade path", self.api.upgrade_cluster,
                     identity, body={"version": "1.32.12-do.1"})
        self.api.upgrade_cluster(identity, body={"version": "1.34.4-do.1"})
        self.assertEqual(self.wait_running(identity)["version"], "1.34.4-do.1")
        self.assertIsNone(self.api.get_available_upgrades(identity)["available_upgrade_versions"])

    def test_dangerous_deletion(self):
        identity = self.make("owner")["id"]
        volume = self.make_volume("pvc-1", tags=["k8s:" + identity])["id"]
        owned = self.api.list_associated_resources(identity)
        self.assertEqual(owned["volumes"], [{"id": volume, "name": "pvc-1"}])
        self.api.destroy_associated_resources_dangerous(identity)
        self.wait_gone(identity)
        self.refused("not_found", "", self.client.volumes.get, volume)

    def test_selective_deletion(self):
        identity = self.make("chooser")["id"]
        volume = self.make_volume("pvc-2", tags=["k8s:" + identity])["id"]
        snapshot = self.client.volume_snapshots.create(
            volume, body={"name": "nightly"})["snapshot"]["id"]
        owned = self.api.list_associated_resources(identity)
        self.assertEqual(owned["volume_snapshots"], [{"id": snapshot, "name": "nightly"}])
        self.assertEqual(self.client.droplets.list(page=1, per_page=1)["meta"]["total"], 3)
        self.api.destroy_associated_resources_selective(
            identity, body={"volume_snapshots": [snapshot]})
        self.wait_gone(identity)
        self.refused("not_found", "", self.client.snapshots.get, snapshot)
        self.assertEqual(self.client.volumes.get(volume)["volume"]["tags"], ["k8s:" + identity])
        self.client.volumes.delete(volume)

    def test_refusals(self):
        self.refused("unprocessable_entity", "validation error: invalid version slug",
                     self.api.create_cluster, body=self.body("old", "1.1.1-do.0"))
        self.refused("not_found", "cluster not found", self.api.get_cluster, "none")
