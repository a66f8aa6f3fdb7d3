package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/activities/meters"
	"github.com/quancheng/quancheng/backup"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// The answers of the doctor.
const (
	wellOK      = "ok"
	wellWarning = "warning"
	wellError   = "error"
)

// finding is what the doctor says of one thing, and what to do about it.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, warning, error
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

// doctor looks; it changes nothing.
type doctor struct {
	dsn, data, documents, keys, temporal, marks string
	found                                       []finding
	db                                          *models.DB
}

func (d *doctor) say(check, state, remedy, format string, args ...any) {
	d.found = append(d.found, finding{check, state, fmt.Sprintf(format, args...), remedy})
}

// doctorCommand says whether an installation can work, before people find out.
func doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "doctor",
		Short: "Look whether this installation can work: settings, keys, database, schema, Temporal, files, disk, clock, models, " +
			"numbers, what waits",
		Long: `Look whether this installation can work, with the settings that serve would have. It changes nothing. The status is 0 when all ` +
			`is well, 2 with warnings, 1 with errors.`,
		Args: cobra.NoArgs,
	}
	f, keyFile := newPlaceFlags(c), keysFlag(c)
	where := c.Flags().String("temporal", "embedded", "address of Temporal, or embedded")
	asJSON := c.Flags().Bool("json", false, "print {state, checks: [{check, state, detail, remedy}]}")
	c.RunE = func(c *cobra.Command, _ []string) error {
		d := &doctor{
			dsn: *f.dsn, data: *f.data, documents: *f.documents, keys: *keyFile, temporal: *where, marks: marksFile(*f.marks, *f.data),
		}
		state := d.examine(c.Context())
		if *asJSON {
			enc := json.NewEncoder(c.OutOrStdout())
			enc.SetIndent("", " ")
			if err := enc.Encode(map[string]any{"state": state, "checks": d.found}); err != nil {
				return err
			}
		} else {
			for _, f := range d.found {
				fmt.Fprintf(c.OutOrStdout(), "%-8s %-10s %s\n", f.State, f.Check, f.Detail)
				if f.Remedy != "" {
					fmt.Fprintf(c.OutOrStdout(), "%-19s → %s\n", "", f.Remedy)
				}
			}
		}
		switch state {
		case wellError:
			return errReported
		case wellWarning:
			return errUndecided
		}
		return nil
	}
	return c
}

// examine looks at everything; a thing that another one needs is looked at only if that one is well.
func (d *doctor) examine(ctx context.Context) (state string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	d.settings()
	d.secrets()
	d.cryptography()
	d.scanner(ctx)
	d.room()
	d.store(ctx)
	if d.database(ctx) {
		defer func() { _ = d.db.Close() }()
		d.connections(ctx)
		d.clock(ctx)
		if d.schema(ctx) {
			d.shipped(ctx)
			d.numbers(ctx)
			d.audit(ctx)
			d.stamps(ctx)
			d.waiting(ctx)
		}
	}
	d.reachTemporal(ctx)
	d.mail(ctx)
	state = wellOK
	for _, f := range d.found {
		if f.State == wellError || state == wellOK {
			state = f.State
		}
	}
	return state
}

func (d *doctor) settings() {
	_, pool := models.PoolSize()
	_, tpool := temporalPool()
	if err := errors.Join(pool, tpool, logSettings()); err != nil {
		d.say("settings", wellError, "mend the environment of the service", "%v", err)
		return
	}
	_, _, err := bureausFromEnvironment()
	if err != nil {
		d.say("settings", wellError, "set both KEY and URL of a bureau, or neither", "%v", err)
		return
	}
	d.say("settings", wellOK, "", "the environment can be read")
}

func (d *doctor) secrets() {
	file := cmp.Or(d.keys, os.Getenv("QUANCHENG_KEYS"))
	if file == "" {
		if desk := filepath.Join(d.data, "keys", "keys.json"); exists(desk) {
			file = desk
		}
	}
	if file == "" {
		d.say(
			"keys", wellError, "quancheng keys new FILE, then --keys FILE or QUANCHENG_KEYS",
			"no keys: serve, worker and repair do not start",
		)
		return
	}
	k, err := trust.Load(file)
	if err != nil {
		d.say("keys", wellError, "bring back the file of keys from where it is kept apart", "%v", err)
		return
	}
	if i, err := os.Stat(file); err == nil && i.Mode().Perm()&0o077 != 0 {
		d.say("keys", wellWarning, "chmod 600 "+file, "%s can be read by others", file)
		return
	}
	now, last := time.Now(), time.Time{}
	for _, s := range k.Signing {
		if len(s.Private) > 0 && s.From.Before(now) && (s.Until == nil || s.Until.After(now)) {
			last = now
		}
	}
	switch {
	case last.IsZero():
		d.say("keys", wellError, "quancheng keys rotate FILE --after 0s", "no signing key is in use now")
	case len(k.House) == 0:
		d.say("keys", wellWarning, "quancheng keys rotate FILE", "no key of the house: papers go out without a signature")
	default:
		d.say("keys", wellOK, "", "%d to sign requests, %d to hide payloads, %d of the house", len(k.Signing), len(k.Payload), len(k.House))
	}
}

func exists(file string) bool { _, err := os.Stat(file); return err == nil }

// The least room on a disk: below the first it is said, below the second it stops work soon.
const (
	roomWarning = 10 << 30
	roomError   = 1 << 30
)

func (d *doctor) room() {
	if err := writable(d.data); err != nil {
		d.say("data", wellError, "make the directory writable for the user of the service", "%v", err)
		return
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.data, &s); err != nil {
		d.say("disk", wellWarning, "", "%v", err)
		return
	}
	free := int64(s.Bavail) * s.Bsize //nolint:unconvert // the type of Bsize differs between systems
	switch {
	case free < roomError:
		d.say("disk", wellError, "make room, or move the data", "%d MB are free at %s", free>>20, d.data)
	case free < roomWarning:
		d.say("disk", wellWarning, "make room, or move the data", "%d MB are free at %s", free>>20, d.data)
	default:
		d.say("disk", wellOK, "", "%d GB are free at %s", free>>30, d.data)
	}
}

func (d *doctor) store(ctx context.Context) {
	s, err := fileStore(d.documents, d.data)
	if err == nil {
		err = s.Check(ctx)
	}
	if err != nil {
		d.say("files", wellError, "see --documents and the credentials in the environment", "%v", err)
		return
	}
	where := s.Dir
	if s.Bucket != nil {
		where = "bucket " + s.Bucket.Name + " at " + s.Bucket.Endpoint
	}
	d.say("files", wellOK, "", "written and read: %s", where)
}

func (d *doctor) database(ctx context.Context) bool {
	if file, ok := strings.CutPrefix(d.dsn, "sqlite:"); ok && !exists(file) {
		d.say("database", wellError, "start dev once, or name the database by --database or QUANCHENG_DATABASE", "%s is not there", file)
		return false
	}
	db, err := models.Open(d.dsn)
	if err == nil {
		err = db.Read(ctx).Exec("SELECT 1").Error
	}
	if err != nil {
		d.say("database", wellError, "see whether the server runs, and the address and password in QUANCHENG_DATABASE", "%v", err)
		return false
	}
	d.db = db
	if db.SQLite() {
		d.say("database", wellOK, "", "SQLite: for a desk, not for production")
		return true
	}
	var version string
	var standby bool
	err = db.Read(ctx).Raw("SHOW server_version").Scan(&version).Error
	if err == nil {
		err = db.Read(ctx).Raw("SELECT pg_is_in_recovery()").Scan(&standby).Error
	}
	if err != nil || standby {
		d.say("database", wellError, "name the primary", "PostgreSQL %s only reads: it is a standby (%v)", version, err)
		return true
	}
	d.say("database", wellOK, "", "PostgreSQL %s", version)
	if _, err := backup.Tool("pg_dump"); err != nil {
		d.say("backup", wellWarning, "install postgresql-client where backups are made", "%v", err)
	}
	return true
}

// connections holds what the processes may take against what the server gives.
func (d *doctor) connections(ctx context.Context) {
	if d.db.SQLite() {
		return
	}
	var limit, used int
	err := d.db.Read(ctx).
		Raw("SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int").
		Scan(&limit).
		Error
	if err == nil {
		err = d.db.Read(ctx).Raw("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").Scan(&used).Error
	}
	if err != nil {
		d.say("pools", wellWarning, "", "%v", err)
		return
	}
	books, _ := models.PoolSize()
	need := books + 1 // and the one that holds the place
	what := fmt.Sprintf("%d of the books", books)
	if d.temporal == "embedded" {
		pool, _ := temporalPool()
		own := temporal.Options{Pool: pool}.Connections()
		need, what = need+own, what+fmt.Sprintf(" and %d of the embedded Temporal", own)
	}
	if need+10 > limit {
		d.say(
			"pools", wellError, "raise max_connections, or lower "+models.PoolVariable+" and "+temporalPoolVariable,
			"a serve may take %s, and the server gives %d", what, limit,
		)
		return
	}
	d.say("pools", wellOK, "", "a serve may take %s; the server gives %d, %d are in use", what, limit, used)
}

func (d *doctor) clock(ctx context.Context) {
	if d.db.SQLite() {
		return
	}
	var there time.Time
	before := time.Now()
	if err := d.db.Read(ctx).Raw("SELECT clock_timestamp()").Scan(&there).Error; err != nil {
		d.say("clock", wellWarning, "", "%v", err)
		return
	}
	here := before.Add(time.Since(before) / 2)
	if off := here.Sub(there).Abs(); off > 2*time.Second {
		d.say(
			"clock", wellError, "set the clocks of the hosts (NTP)", "this host and the database differ by %s",
			off.Round(100*time.Millisecond),
		)
		return
	}
	d.say("clock", wellOK, "", "this host and the database agree")
}

func (d *doctor) schema(ctx context.Context) bool {
	applied, err := d.db.Applied(ctx)
	if err != nil {
		d.say("schema", wellError, "", "%v", err)
		return false
	}
	pending, err := d.db.Pending(ctx)
	if err != nil {
		d.say("schema", wellError, "", "%v", err)
		return false
	}
	newer, err := d.db.Unknown(ctx)
	switch {
	case err != nil || len(newer) > 0:
		d.say(
			"schema", wellError, "start the release that applied them, or a newer one",
			"a newer release has written it: migrations %v are not known here", newer,
		)
		return false
	case len(applied) == 0:
		d.say("schema", wellWarning, "quancheng migrate", "the database is empty")
		return false
	case len(pending) > 0:
		d.say(
			"schema", wellWarning, "quancheng backup, then quancheng migrate; or the next start applies them",
			"migrations %v are not applied yet", pending,
		)
		return false
	}
	d.say("schema", wellOK, "", "%d migrations, none is missing", len(applied))
	return true
}

func (d *doctor) shipped(ctx context.Context) {
	src, err := definitions.Shipped()
	if err != nil {
		d.say("models", wellError, "", "%v", err)
		return
	}
	own, err := ownProcesses(d.db.Read(ctx), src)
	switch {
	case err != nil:
		d.say("models", wellError, "", "%v", err)
	case len(own) > 0:
		d.say(
			"models", wellWarning, "compare them, then quancheng deploy --shipped --reason WHY, or leave them",
			"the county's own models stay (%s); the program brings newer ones", strings.Join(own, ", "),
		)
	default:
		d.say("models", wellOK, "", "the program's models are there, or are installed at the next start")
	}
}

func (d *doctor) numbers(ctx context.Context) {
	kept, err := models.LoadMarks(d.marks)
	if err != nil {
		d.say("numbers", wellError, "remove the file when it is beyond repair; it is written again each minute", "%v", err)
		return
	}
	now, err := d.db.MarksOf(ctx, time.Now())
	if err != nil {
		d.say("numbers", wellError, "", "%v", err)
		return
	}
	var behind []string
	for key, n := range kept.Counters {
		if now.Counters[key] < n {
			behind = append(behind, key)
		}
	}
	switch {
	case kept.At.IsZero():
		d.say(
			"numbers", wellWarning, "a worker with "+marksVariable+" keeps them each minute, best on a second medium",
			"no high-water marks at %s yet", d.marks,
		)
	case len(behind) > 0:
		d.say(
			"numbers", wellWarning, "quancheng repair, or start serve: both raise them", "the books are older than the marks: %s",
			strings.Join(behind, ", "),
		)
	default:
		d.say("numbers", wellOK, "", "marks of %s", kept.At.In(models.Zone).Format(time.DateTime))
	}
}

// patienceFor is how long a thing may wait before the doctor says so; what is not named here waits for people.
var patienceFor = map[string]time.Duration{
	"start": time.Minute, "message": time.Minute, "signal": time.Minute, "outgoing": time.Hour, "dead_letter": time.Second,
	"received_event": 5 * time.Minute,
	"held_event":     30 * time.Minute, "failed_event": time.Second, "job": 30 * time.Minute, "failed_job": time.Second,
	"timer": 2 * time.Minute, "timer_start": 2 * time.Minute,
	"unstarted_case": 2 * time.Minute, "incident": time.Second, "stuck_case": time.Second, "unsealed_entry": 5 * time.Minute,
	"unanchored_seal": 5 * time.Minute, "unstamped_seal": 3 * time.Hour,
}

func (d *doctor) waiting(ctx context.Context) {
	late := 0
	for _, w := range meters.Oldest(d.db.Read(ctx), time.Now()) {
		if w.Err != nil {
			d.say("waiting", wellError, "", "%s: %v", w.Kind, w.Err)
			late++
		} else if limit, ok := patienceFor[w.Kind]; ok && w.Age > limit {
			d.say("waiting", wellWarning, "docs/operations.md, “What goes wrong, and what to press”", "the oldest %s has waited for %s",
				w.Kind, w.Age.Round(time.Second))
			late++
		}
	}
	if late == 0 {
		d.say("waiting", wellOK, "", "nothing has waited longer than it may")
	}
}

func (d *doctor) reachTemporal(ctx context.Context) {
	if d.temporal == "embedded" && !temporal.Embedded {
		d.say("temporal", wellError, "--temporal HOST:PORT", "this program was built without Temporal's server")
		return
	}
	o, at, err := reach(ctx, d.temporal, d.dsn, d.data)
	if err != nil {
		d.say("temporal", wellError, "", "%v", err)
		return
	}
	if o != nil {
		d.say("temporal", wellOK, "", "nobody embeds it on this data just now")
		return
	}
	if _, _, err := net.SplitHostPort(strings.TrimPrefix(at, "tls://")); err != nil {
		d.say("temporal", wellError, "--temporal HOST:PORT", "%v", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	options, until, err := temporalAt(ctx, at, temporalclient.Options{Logger: quietLog{}})
	var c temporalclient.Client
	if err == nil {
		c, err = temporalclient.DialContext(ctx, options)
	}
	if err == nil {
		defer c.Close()
		_, err = c.CheckHealth(ctx, &temporalclient.CheckHealthRequest{})
	}
	if err != nil {
		d.untrusted("temporal", at, "see whether it runs, and whether the namespace "+temporal.Namespace+" is there", err)
		return
	}
	if !d.endsSoon("temporal", at, until) {
		d.say("temporal", wellOK, "", "%s answers", at)
	}
}

// quietLog says nothing: the doctor says what there is to say.
type quietLog struct{}

func (quietLog) Debug(string, ...any) {}
func (quietLog) Info(string, ...any)  {}
func (quietLog) Warn(string, ...any)  {}
func (quietLog) Error(string, ...any) {}
