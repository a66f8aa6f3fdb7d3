// Package temporal runs Temporal's server inside our process, on a SQLite file
// or on PostgreSQL. Nothing else imports the server: who does not need it does
// not pay for compiling it, and the build tag external leaves it out.
package temporal

// Namespace is where our workflows live.
const Namespace = "quancheng"

// Options of an embedded server. Exactly one of File and Postgres is set.
type Options struct {
	File     string // SQLite file; its directory exists
	Postgres string // DSN of our own database; Temporal's two stand beside it, with _temporal and _temporal_visibility behind its name
	LogFile  string // errors of the server, in three files of 16 MB at most; empty: stderr
	Port     int    // of the frontend on 127.0.0.1; 0: any free one
	Pool     int    // connections that each of the four services may have to the main store on PostgreSQL; 0: DefaultPool
}

const (
	// DefaultPool is Options.Pool when nothing is said.
	DefaultPool = 8
	// visibilityPool is the same of the store behind Temporal's pages.
	visibilityPool = 3
	// services have pools of their own: frontend, history, matching, worker.
	services = 4
)

// Connections is how many connections to PostgreSQL an embedded server has at most.
func (o Options) Connections() int { return services * (o.pool() + visibilityPool) }

func (o Options) pool() int {
	if o.Pool == 0 {
		return DefaultPool
	}
	return o.Pool
}
