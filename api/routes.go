package api

import "fmt"

// route is a row of the table of routes. Its path is written as in api/openapi.
type route struct {
	Method string
	Path   string
	Needs  permission
	Do     handler
	Raw    bool // the handler reads the body itself
}

// signed reports whether a partner's signature is what the route believes.
func (r route) signed() bool { return r.Raw && r.Needs == public }

// room is a part of what the server answers. Each is a file of its own,
// routes_<room>.go, which registers itself: a new room changes no other file.
type room struct {
	Roles  map[string]sight        // that the room brings, beside those of the house
	Grants map[permission][]string // roles by permission; to its own roles a room gives other rooms' permissions too
	Routes []route                 // whose data they reach is decided in the queries
}

// routes is everything that the server answers besides the browser client: the
// rooms in the order of their files' names.
var routes []route

// open takes a room in when the program starts.
func open(r room) bool {
	for name, sees := range r.Roles {
		if _, known := roles[name]; known {
			panic(fmt.Sprintf("api: role %s is in two rooms", name))
		}
		roles[name] = sees
	}
	for p, who := range r.Grants {
		grants[p] = append(grants[p], who...)
	}
	routes = append(routes, r.Routes...)
	return true
}
