# A gateway that is there already, by its name or its id:
tofu import kproto_vpc_nat_gateway.out private-out
