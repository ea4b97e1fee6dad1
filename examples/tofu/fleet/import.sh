# What is there already, by <hub cluster id>/<namespace of Argo CD>/<fleet>, and behind it the member:
tofu import kproto_fleet.edge 00000000-0000-0000-0000-000000000000/argocd/edge
tofu import 'kproto_fleet_member.edge["ams"]' 00000000-0000-0000-0000-000000000000/argocd/edge/ams
