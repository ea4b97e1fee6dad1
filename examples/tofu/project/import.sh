# A project that is there already, by its name or its id:
tofu import kproto_project.shop shop
