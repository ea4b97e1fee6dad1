// SPDX-License-Identifier: MPL-2.0

package judge

import (
	"testing"

	"github.com/digitalocean/godo"
)

func TestAccount(t *testing.T) {
	account, response, err := client.Account.Get(ctx)
	check(t, err)
	expect(t, "status", account.Status, "active")
	expect(t, "hourly limit", response.Rate.Limit, 5000)
	if response.Rate.Remaining >= 5000 || response.Rate.Remaining < 1 {
		t.Errorf("remaining: %d", response.Rate.Remaining)
	}
	if !response.Rate.Reset.After(response.Rate.Reset.Add(-1)) || response.Rate.Reset.IsZero() {
		t.Error("no reset time")
	}
	_, _, err = newClient("wrong").Account.Get(ctx)
	refused(t, err, 401, "Unable to authenticate you")
}

func TestRegionsAndSizes(t *testing.T) {
	regions, _, err := client.Regions.List(ctx, nil)
	check(t, err)
	offers := map[string][]string{}
	for _, each := range regions {
		offers[each.Slug] = each.Sizes
	}
	if len(offers[region]) == 0 || len(offers["fra1"]) == 0 {
		t.Errorf("regions: %s", mustJSON(regions))
	}
	sizes, _, err := client.Sizes.List(ctx, &godo.ListOptions{PerPage: 200})
	check(t, err)
	prices := map[string]float64{}
	for _, each := range sizes {
		prices[each.Slug] = each.PriceMonthly
	}
	expect(t, "price of s-4vcpu-8gb", prices["s-4vcpu-8gb"], 48)
	expect(t, "price of c-4", prices["c-4"], 84)
}

func TestDroplets(t *testing.T) {
	droplet, _, err := client.Droplets.Create(ctx, &godo.DropletCreateRequest{
		Name: "plain", Region: region, Size: size, Tags: []string{"judge-droplet"},
		Image: godo.DropletCreateImage{Slug: "debian-12-x64"}})
	check(t, err)
	got, _, err := client.Droplets.Get(ctx, droplet.ID)
	check(t, err)
	expect(t, "name", got.Name, "plain")
	expect(t, "size", got.SizeSlug, size)
	expect(t, "region", got.Region.Slug, region)
	address, err := got.PrivateIPv4()
	check(t, err)
	if address == "" {
		t.Error("no private address")
	}
	byTag, _, err := client.Droplets.ListByTag(ctx, "judge-droplet", nil)
	check(t, err)
	expect(t, "by tag", len(byTag), 1)
	byName, _, err := client.Droplets.ListByName(ctx, "plain", nil)
	check(t, err)
	expect(t, "by name", len(byName), 1)
	_, err = client.Droplets.Delete(ctx, droplet.ID)
	check(t, err)
	_, _, err = client.Droplets.Get(ctx, droplet.ID)
	refused(t, err, 404, "could not be found")
}

func TestTags(t *testing.T) {
	volume, _, err := client.Storage.CreateVolume(ctx,
		&godo.VolumeCreateRequest{Name: "tagged", Region: region, SizeGigaBytes: 1})
	check(t, err)
	defer client.Storage.DeleteVolume(ctx, volume.ID)
	tag, _, err := client.Tags.Create(ctx, &godo.TagCreateRequest{Name: "Judge"})
	check(t, err)
	resources := []godo.Resource{{ID: volume.ID, Type: godo.VolumeResourceType}}
	_, err = client.Tags.TagResources(ctx, tag.Name, &godo.TagResourcesRequest{Resources: resources})
	check(t, err)
	tag, _, err = client.Tags.Get(ctx, "judge")
	check(t, err)
	expect(t, "case kept", tag.Name, "Judge")
	expect(t, "volumes with it", tag.Resources.Volumes.Count, 1)
	_, err = client.Tags.UntagResources(ctx, tag.Name,
		&godo.UntagResourcesRequest{Resources: resources})
	check(t, err)
	tags, _, err := client.Tags.List(ctx, &godo.ListOptions{PerPage: 200})
	check(t, err)
	if len(tags) == 0 {
		t.Error("no tags listed")
	}
	_, err = client.Tags.Delete(ctx, "Judge")
	check(t, err)
	_, _, err = client.Tags.Get(ctx, "Judge")
	refused(t, err, 404, "")
}

func TestProjects(t *testing.T) {
	volume, _, err := client.Storage.CreateVolume(ctx,
		&godo.VolumeCreateRequest{Name: "projected", Region: region, SizeGigaBytes: 1})
	check(t, err)
	project, _, err := client.Projects.Create(ctx,
		&godo.CreateProjectRequest{Name: "judged", Purpose: "Web Application"})
	check(t, err)
	results, _, err := client.Projects.AssignResources(ctx, project.ID, volume, "do:volume:none")
	check(t, err)
	expect(t, "first", results[0].Status, "assigned")
	expect(t, "second", results[1].Status, "not_found")
	held, _, err := client.Projects.ListResources(ctx, project.ID, nil)
	check(t, err)
	expect(t, "held", held[0].URN, volume.URN())
	_, err = client.Projects.Delete(ctx, project.ID)
	refused(t, err, 412, "cannot delete a project with resources")
	project, _, err = client.Projects.Update(ctx, project.ID,
		&godo.UpdateProjectRequest{Description: "changed"})
	check(t, err)
	expect(t, "name kept", project.Name, "judged")
	expect(t, "description", project.Description, "changed")
	_, err = client.Storage.DeleteVolume(ctx, volume.ID)
	check(t, err)
	_, err = client.Projects.Delete(ctx, project.ID)
	check(t, err)
	_, _, err = client.Projects.Get(ctx, project.ID)
	refused(t, err, 404, "")
	fallback, _, err := client.Projects.GetDefault(ctx)
	check(t, err)
	same, _, err := client.Projects.Get(ctx, fallback.ID)
	check(t, err)
	expect(t, "default", same.IsDefault, true)
	all, _, err := client.Projects.List(ctx, nil)
	check(t, err)
	expect(t, "projects left", len(all), 1)
}
