//go:build !external

package temporal

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	pgschema "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/quancheng/quancheng/workflows/contract"
)

const (
	clusterName = "active"
	// shards cannot be changed once data is stored.
	shards = 4
	// retention of finished runs in Temporal; the books keep theirs for ever.
	retention = 30 * 24 * time.Hour
)

// attributes are the search attributes by which a case is found in Temporal's pages.
var attributes = map[string]enumspb.IndexedValueType{
	contract.AttrProject: enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	contract.AttrDept:    enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	contract.AttrStage:   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	contract.AttrWaits:   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
}

// stores are the two databases of a server; on SQLite they are one file.
type stores struct{ main, visibility config.SQL }

func prepare(ctx context.Context, o Options, logger log.Logger) (stores, error) {
	var (
		s   stores
		err error
	)
	switch {
	case o.File != "" && o.Postgres == "":
		s, err = prepareSQLite(o.File)
	case o.Postgres != "" && o.File == "":
		s, err = preparePostgres(ctx, o, logger)
	default:
		err = errors.New("temporal: give a SQLite file or a PostgreSQL address")
	}
	if err != nil {
		return s, err
	}
	ns, err := sqlite.NewNamespaceConfig(clusterName, Namespace, false, attributes)
	if err != nil {
		return s, fmt.Errorf("temporal: namespace: %w", err)
	}
	ns.Detail.Config.Retention = durationpb.New(retention)
	if err := sqlite.CreateNamespaces(&s.main, ns); err != nil {
		return s, fmt.Errorf("temporal: namespace: %w", err)
	}
	return s, nil
}

// prepareSQLite writes the schema into a new file under another name first, so
// that a process killed half way leaves no half schema behind.
func prepareSQLite(file string) (stores, error) {
	// Of what a crash of the machine loses here nothing is lost: the books win (ADR 24).
	at := func(name string) config.SQL {
		return config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: name, ConnectAttributes: map[string]string{
			"mode": "rwc", "_journal_mode": "wal", "_synchronous": "normal", "_busy_timeout": "10000"}}
	}
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		fresh := file + ".new"
		for _, f := range []string{fresh, fresh + "-wal", fresh + "-shm"} {
			if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
				return stores{}, fmt.Errorf("temporal: %w", err)
			}
		}
		cfg := at(fresh)
		cfg.ConnectAttributes["_journal_mode"] = "delete" // one file to rename
		if err := sqlite.SetupSchema(&cfg); err != nil {
			return stores{}, fmt.Errorf("temporal: schema: %w", err)
		}
		if err := os.Rename(fresh, file); err != nil {
			return stores{}, fmt.Errorf("temporal: %w", err)
		}
	}
	return stores{at(file), at(file)}, nil
}

// preparePostgres brings both databases to this server's schema. The caller is alone: models.HoldDatabase.
func preparePostgres(ctx context.Context, o Options, logger log.Logger) (stores, error) {
	u, err := url.Parse(o.Postgres)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return stores{}, errors.New("temporal: a PostgreSQL address looks like postgres://user@host:5432/quancheng")
	}
	base := strings.Trim(u.Path, "/")
	s := stores{postgres(u, base+"_temporal", o.pool()), postgres(u, base+"_temporal_visibility", visibilityPool)}
	admin, err := pgx.Connect(ctx, o.Postgres)
	if err != nil {
		return s, fmt.Errorf("temporal: %w", err)
	}
	defer func() { _ = admin.Close(ctx) }()
	for _, db := range []database{
		{s.main, "postgresql/v12/temporal", pgschema.Version, "namespaces"},
		{s.visibility, "postgresql/v12/visibility", pgschema.VisibilityVersion, "executions_visibility"},
	} {
		if err := db.prepare(ctx, admin, logger); err != nil {
			return s, fmt.Errorf("temporal: schema of %s: %w", db.cfg.DatabaseName, err)
		}
	}
	return s, nil
}

func postgres(u *url.URL, database string, pool int) config.SQL {
	password, _ := u.User.Password()
	cfg := config.SQL{PluginName: postgresql.PluginNamePGX, DatabaseName: database, ConnectAddr: u.Host, ConnectProtocol: "tcp",
		User: u.User.Username(), Password: password, MaxConns: pool, MaxIdleConns: pool, MaxConnLifetime: time.Hour,
		ConnectAttributes: map[string]string{"synchronous_commit": "off"}} // the last second may be lost: the books win (ADR 24)
	if !strings.Contains(u.Host, ":") {
		cfg.ConnectAddr += ":5432"
	}
	for k, v := range u.Query() {
		cfg.ConnectAttributes[k] = v[0]
	}
	return cfg
}

func serverConfig(s stores, p ports) *config.Config {
	cfg := &config.Config{
		Global: config.Global{Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: "127.0.0.1"}},
		Persistence: config.Persistence{DefaultStore: "main", VisibilityStore: "visibility", NumHistoryShards: shards,
			DataStores: map[string]config.DataStore{"main": {SQL: &s.main}, "visibility": {SQL: &s.visibility}}},
		ClusterMetadata: &cluster.Config{FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: address(p.frontend)},
			}},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			"frontend": service(p.frontend, p.member[0], p.http), "history": service(p.history, p.member[1], 0),
			"matching": service(p.matching, p.member[2], 0), "worker": service(p.worker, p.member[3], 0),
		},
		PublicClient: config.PublicClient{HostPort: address(p.frontend)},
	}
	cfg.Archival.History.State, cfg.Archival.Visibility.State = "disabled", "disabled"
	cfg.NamespaceDefaults.Archival.History.State, cfg.NamespaceDefaults.Archival.Visibility.State = "disabled", "disabled"
	return cfg
}
