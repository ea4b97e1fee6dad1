# A firewall that is there already, by its name or its id:
tofu import kproto_firewall.nodes nodes
