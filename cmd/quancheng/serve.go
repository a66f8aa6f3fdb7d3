package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/trust/field"
	"github.com/quancheng/quancheng/web"
	"github.com/quancheng/quancheng/webhook"
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/worker/temporal"
)

// serveCommand answers HTTP in production. Secrets come from the environment.
func serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Answer HTTP on PostgreSQL and a Temporal cluster, or with Temporal embedded",
		Long: `Answer HTTP. QUANCHENG_FINANCE_URL, QUANCHENG_FINANCE_KEY, QUANCHENG_PROCUREMENT_URL and
QUANCHENG_PROCUREMENT_KEY name the bureaus' addresses and shared keys (whsec_…; several, separated
by spaces, while a key is changed: the first one signs). A bureau without them is met by offline registration only.`,
		Args: cobra.NoArgs,
	}
	where := temporalFlags(c)
	dsn, keyFile := databaseFlag(c), keysFlag(c)
	listen := c.Flags().String("listen", "127.0.0.1:8080", "address to answer at")
	data := c.Flags().String("data", "data", "directory of uploaded documents and the log of an embedded Temporal")
	documents := documentsFlag(c)
	idle := c.Flags().Duration("idle", office.SessionIdle, "after how long without a request a person must sign in again")
	oidc := c.Flags().String("oidc", "", "settings file of the houses that one can sign in by (OpenID Connect), see docs/sign-in.md")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx, stop := interruptible(c.Context())
		defer stop()
		var providers []*api.Provider
		if *oidc != "" {
			var err error
			if providers, err = api.ReadProviders(*oidc); err != nil {
				return err
			}
		}
		return serve(ctx, *dsn, *where, *listen, *data, *documents, *keyFile, *idle, providers)
	}
	return c
}

// workerCommand runs workflows and activities without answering HTTP.
func workerCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "worker",
		Short: "Run workflows, the outbox and the sweepers beside `serve`",
		Args:  cobra.NoArgs,
	}
	address := c.Flags().String("temporal", temporalclient.DefaultHostPort, "address of Temporal")
	listen := c.Flags().
		String("listen", "127.0.0.1:0", "address of /healthz, /readyz and /metrics; port 0: any free one, which the log names")
	dsn, keyFile := databaseFlag(c), keysFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx, stop := interruptible(c.Context())
		defer stop()
		return runWorker(ctx, *dsn, *address, *listen, *keyFile)
	}
	return c
}

func runWorker(ctx context.Context, dsn, address, listen, keyFile string) error {
	keys, err := loadKeys(keyFile)
	if err != nil {
		return err
	}
	told, err := environmentNotices()
	if err != nil {
		return err
	}
	stamped, err := stamps()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	p, err := open(ctx, dsn, nil, address, keys)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer p.close()
	g := newGroup(ctx)
	g.run("worker", func(ctx context.Context) error {
		return worker.Run(
			ctx,
			worker.Config{
				Temporal: p.temporal, Committer: p.committer(), Log: p.log, Marks: os.Getenv(marksVariable), Medium: medium(),
				Stamps: stamped, Notices: told,
			},
		)
	})
	g.run("http", func(ctx context.Context) error { return watched(ctx, l, p) })
	p.log.Info("ready", "address", l.Addr().String(), "temporal", address)
	return g.wait()
}

// temporalFlags say where Temporal runs: "embedded", or an address.
func temporalFlags(c *cobra.Command) *string {
	return c.Flags().String("temporal", "embedded", "address of Temporal, or embedded: in this process, on the same PostgreSQL")
}

func serve(ctx context.Context, dsn, where, listen, data, documents, keyFile string, idle time.Duration, providers []*api.Provider) error {
	keys, err := loadKeys(keyFile)
	if err != nil {
		return err
	}
	stamped, err := stamps()
	if err != nil {
		return err
	}
	if err := writable(data); err != nil {
		return err
	}
	store, err := fileStore(documents, data)
	if err != nil {
		return err
	}
	scanner, err := files.ParseScanner(os.Getenv(scannerVariable))
	if err != nil {
		return err
	}
	hooks, partnersAt, err := bureausFromEnvironment()
	if err != nil {
		return err
	}
	told, err := environmentNotices()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	var embedded *temporal.Options
	if where == "embedded" {
		embedded = &temporal.Options{Postgres: dsn, LogFile: filepath.Join(data, "temporal.log")}
		if embedded.Pool, err = temporalPool(); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	p, err := open(ctx, dsn, embedded, where, keys)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer p.close()
	if err := p.holdMarks(ctx, marksFile("", data)); err != nil {
		return errors.Join(err, l.Close())
	}
	kept, err := installShipped(ctx, p.db, false)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if len(kept) > 0 {
		p.log.Warn(inWords("own-models-kept", map[string]string{"processes": strings.Join(kept, ", ")}).Error())
	}
	server, err := api.New(api.Deps{
		DB: p.db, Sender: p.sender(), Bundles: p.bundles, Documents: store.Dir, Bucket: store.Bucket, Keys: hooks,
		Web: web.Handler(web.Dist()), Log: p.log, Ready: p.ready(),
		SessionIdle: idle, Providers: providers, Cipher: field.New(keys), Scanner: scanner, Verifier: verifier(keys, stamped),
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	handler, err := server.Handler()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	g := newGroup(ctx)
	if p.place != nil {
		g.run("place", p.place.watch)
	}
	g.run("http", func(ctx context.Context) error { return serveHTTP(ctx, l, handler, server) })
	g.run("partners", partnerlink.New(partnerlink.Config{DB: p.db, Partners: partnersAt, Log: p.log}).Run)
	if embedded != nil {
		g.run("worker", func(ctx context.Context) error {
			return worker.Run(
				ctx,
				worker.Config{
					Temporal: p.temporal, Committer: p.committer(), Log: p.log, Marks: marksFile("", data), Medium: medium(),
					Stamps: stamped, Notices: told,
				},
			)
		})
	}
	if err := inviteToSetup(ctx, p.db, "http://"+l.Addr().String(), os.Stdout); err != nil {
		g.cancel()
		return errors.Join(err, g.wait())
	}
	p.log.Info("ready", "address", l.Addr().String(), "temporal", where)
	return g.wait()
}

// bureausFromEnvironment reads the keys that may sign inbound events, and where outbound ones go.
func bureausFromEnvironment() (map[string][]webhook.Key, map[string]partnerlink.Partner, error) {
	keys, at := map[string][]webhook.Key{}, map[string]partnerlink.Partner{}
	for name, prefix := range map[string]string{"finance": "QUANCHENG_FINANCE_", "procurement": "QUANCHENG_PROCUREMENT_"} {
		text, url := os.Getenv(prefix+"KEY"), os.Getenv(prefix+"URL")
		if text == "" {
			if url != "" {
				return nil, nil, fmt.Errorf("%sURL is set but %sKEY is not", prefix, prefix)
			}
			continue
		}
		all, err := webhook.ParseKeys(text)
		if err != nil {
			return nil, nil, fmt.Errorf("%sKEY: %w", prefix, err)
		}
		keys[name] = all
		if url != "" {
			at[name] = partnerlink.Partner{URL: url, Key: all[0]}
		}
	}
	return keys, at, nil
}
