// SPDX-License-Identifier: MPL-2.0

package judge

import (
	"testing"

	"github.com/digitalocean/godo"
)

// act makes a volume's action again while the one before is under way, and waits for its end.
func act(t *testing.T, volume string, call func() (*godo.Action, error)) {
	t.Helper()
	var action *godo.Action
	eventually(t, "action accepted", func() bool {
		var err error
		action, err = call()
		if err != nil {
			refused(t, err, 422, "Droplet already has a pending event")
		}
		return err == nil
	})
	eventually(t, "action completed", func() bool {
		again, _, err := client.StorageActions.Get(ctx, volume, action.ID)
		check(t, err)
		return again.Status == "completed"
	})
}

func TestVolumes(t *testing.T) {
	request := &godo.VolumeCreateRequest{Name: "judged", Region: region, SizeGigaBytes: 10,
		FilesystemType: "ext4", Tags: []string{"judge-volume"}}
	volume, _, err := client.Storage.CreateVolume(ctx, request)
	check(t, err)
	_, _, err = client.Storage.CreateVolume(ctx, request)
	refused(t, err, 409, "")
	found, _, err := client.Storage.ListVolumes(ctx,
		&godo.ListVolumeParams{Name: "judged", Region: region})
	check(t, err)
	expect(t, "found", len(found), 1)
	expect(t, "size", found[0].SizeGigaBytes, 10)
	expect(t, "region", found[0].Region.Slug, region)

	droplet, _, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
		Name: "holder", Region: region, Size: size,
		Image: godo.DropletCreateImage{Slug: "debian-12-x64"}})
	check(t, err)
	act(t, volume.ID, func() (*godo.Action, error) {
		action, _, err := client.StorageActions.Attach(ctx, volume.ID, droplet.ID)
		return action, err
	})
	_, err = client.Storage.DeleteVolume(ctx, volume.ID)
	refused(t, err, 409, "attached volume cannot be deleted")
	holder, _, err := client.Droplets.Get(ctx, droplet.ID)
	check(t, err)
	expect(t, "held", holder.VolumeIDs[0], volume.ID)
	act(t, volume.ID, func() (*godo.Action, error) {
		action, _, err := client.StorageActions.Resize(ctx, volume.ID, 20, region)
		return action, err
	})
	act(t, volume.ID, func() (*godo.Action, error) {
		action, _, err := client.StorageActions.DetachByDropletID(ctx, volume.ID, droplet.ID)
		return action, err
	})
	actions, _, err := client.StorageActions.List(ctx, volume.ID, nil)
	check(t, err)
	expect(t, "actions", len(actions), 3)
	volume, _, err = client.Storage.GetVolume(ctx, volume.ID)
	check(t, err)
	expect(t, "grown", volume.SizeGigaBytes, 20)
	expect(t, "held by none", len(volume.DropletIDs), 0)
	_, err = client.Droplets.Delete(ctx, droplet.ID)
	check(t, err)
	_, err = client.Storage.DeleteVolume(ctx, volume.ID)
	check(t, err)
	_, _, err = client.Storage.GetVolume(ctx, volume.ID)
	refused(t, err, 404, "")
}

func TestSnapshots(t *testing.T) {
	volume, _, err := client.Storage.CreateVolume(ctx,
		&godo.VolumeCreateRequest{Name: "original", Region: region, SizeGigaBytes: 5})
	check(t, err)
	snapshot, _, err := client.Storage.CreateSnapshot(ctx,
		&godo.SnapshotCreateRequest{VolumeID: volume.ID, Name: "before"})
	check(t, err)
	of, _, err := client.Storage.ListSnapshots(ctx, volume.ID, nil)
	check(t, err)
	expect(t, "of the volume", len(of), 1)
	snapshot, _, err = client.Snapshots.Get(ctx, snapshot.ID)
	check(t, err)
	expect(t, "resource", snapshot.ResourceID, volume.ID)
	here, _, err := client.Snapshots.ListVolumeSnapshotByRegion(ctx, region, nil)
	check(t, err)
	there, _, err := client.Snapshots.ListVolumeSnapshotByRegion(ctx, "fra1", nil)
	check(t, err)
	expect(t, "here", len(here), 1)
	expect(t, "there", len(there), 0)
	copied, _, err := client.Storage.CreateVolume(ctx, &godo.VolumeCreateRequest{
		Name: "copied", Region: region, SnapshotID: snapshot.ID, SizeGigaBytes: 5})
	check(t, err)
	for _, id := range []string{volume.ID, copied.ID} {
		_, err = client.Storage.DeleteVolume(ctx, id)
		check(t, err)
	}
	_, err = client.Snapshots.Delete(ctx, snapshot.ID)
	check(t, err)
	_, _, err = client.Snapshots.Get(ctx, snapshot.ID)
	refused(t, err, 404, "")
}
