# SPDX-License-Identifier: MPL-2.0
from azure.core.exceptions import HttpResponseError

from judge import REGION, JudgeTest


class StorageTest(JudgeTest):
    def act(self, volume, call, *args, **kwargs):
        """Acts on the volume once no other action is under way, and waits for the end."""
        def accepted():
            try:
                return call(*args, **kwargs)["action"]
            except HttpResponseError as error:
                self.assertIn("Droplet already has a pending event", error.response.text())
                return None
        action = self.eventually("action accepted", accepted)
        self.eventually("action completed", lambda: self.client.volume_actions.get(
            volume, action["id"])["action"]["status"] == "completed")

    def test_volumes(self):
        volume = self.make_volume("judged", filesystem_type="ext4")["id"]
        self.refused("conflict", "", self.make_volume, "judged")
        droplet = self.make_droplet("holder")["id"]
        self.act(volume, self.client.volume_actions.post_by_id, volume,
                 body={"type": "attach", "droplet_id": droplet, "region": REGION})
        self.refused("conflict", "attached volume cannot be deleted",
                     self.client.volumes.delete, volume)
        self.act(volume, self.client.volume_actions.post_by_id, volume,
                 body={"type": "resize", "size_gigabytes": 20, "region": REGION})
        self.act(volume, self.client.volume_actions.post,
                 body={"type": "detach", "droplet_id": droplet, "volume_name": "judged",
                       "region": REGION})
        self.assertEqual(self.client.volume_actions.list(volume)["meta"]["total"], 3)
        got = self.client.volumes.get(volume)["volume"]
        self.assertEqual((got["size_gigabytes"], got["droplet_ids"]), (20, []))
        self.client.droplets.destroy(droplet)
        self.assertEqual(self.client.volumes.list(name="judged", region=REGION)["meta"]["total"], 1)
        self.client.volumes.delete_by_name(name="judged", region=REGION)
        self.refused("not_found", "", self.client.volumes.get, volume)

    def test_snapshots(self):
        volume = self.make_volume("original")["id"]
        ids = []
        for name in ("first", "second"):
            made = self.client.volume_snapshots.create(volume, body={"name": name})["snapshot"]
            ids.append(made["id"])
        self.assertEqual(self.client.volume_snapshots.list(volume)["meta"]["total"], 2)
        self.assertEqual(self.client.volume_snapshots.get_by_id(ids[0])["snapshot"]["name"], "first")
        self.assertEqual(self.client.snapshots.get(ids[1])["snapshot"]["resource_id"], volume)
        copied = self.make_volume("copied", snapshot_id=ids[0])["id"]
        self.client.volume_snapshots.delete_by_id(ids[0])
        self.client.snapshots.delete(ids[1])
        self.assertEqual(self.client.snapshots.list(resource_type="volume")["meta"]["total"], 0)
        for each in (volume, copied):
            self.client.volumes.delete(each)
