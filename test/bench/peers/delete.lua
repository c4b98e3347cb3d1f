-- wrk -s delete.lua : the same removal again and again.
wrk.method = "DELETE"
wrk.path = "/api/v3/instance/workspaces/1/members/users/1000000"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")
