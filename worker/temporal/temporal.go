//go:build !external

package temporal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

// Embedded says whether this program has Temporal's server in it.
const Embedded = true

// Server is a running embedded server.
type Server struct {
	server  temporal.Server
	address string
}

// Start brings the schema up to date, starts all four services and waits until
// the frontend answers.
func Start(ctx context.Context, o Options) (*Server, error) {
	logger, err := newLogger(o.LogFile)
	if err != nil {
		return nil, err
	}
	store, err := prepare(ctx, o, logger)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(o.Port, 9)
	if err != nil {
		return nil, err
	}
	cfg := serverConfig(store, ports)
	authorizer, err := authorization.GetAuthorizerFromConfig(&cfg.Global.Authorization)
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	server, err := temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorizer),
		// With the default membership a killed process leaves dead hosts in its
		// table, and after the restart nothing runs for most of a minute.
		temporal.WithStaticHosts(staticHosts(ports)),
		temporal.WithDynamicConfigClient(tuning),
	)
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("temporal: start: %w", err)
	}
	s := &Server{server: server, address: address(ports.frontend)}
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return s, nil
}

// tuning replaces defaults that are made for clusters: the poll limits alone
// would add 50 ms to every activity on a single machine.
var tuning = dynamicconfig.StaticClient{
	dynamicconfig.TransferProcessorMaxPollRPS.Key():   2000,
	dynamicconfig.TimerProcessorMaxPollRPS.Key():      2000,
	dynamicconfig.VisibilityProcessorMaxPollRPS.Key(): 2000,
	dynamicconfig.OutboundProcessorMaxPollRPS.Key():   2000,
}

// Address is the host and port of the frontend.
func (s *Server) Address() string { return s.address }

// Client connects to the server in our namespace. The caller closes it.
func (s *Server) Client(ctx context.Context, o client.Options) (client.Client, error) {
	o.HostPort, o.Namespace = s.address, Namespace
	c, err := client.DialContext(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	return c, nil
}

// Stop ends the server; what waits goes on at the next start.
func (s *Server) Stop() error {
	if err := s.server.Stop(); err != nil {
		return fmt.Errorf("temporal: stop: %w", err)
	}
	return nil
}

func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var last error
	for ctx.Err() == nil {
		c, err := s.Client(ctx, client.Options{})
		if err == nil {
			_, err = c.CheckHealth(ctx, &client.CheckHealthRequest{})
			c.Close()
		}
		if err == nil {
			return nil
		}
		last = err
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("temporal: the frontend does not answer: %w", last)
}

// ports of the four services; membership is static, but its ports are still bound.
type ports struct {
	frontend, history, matching, worker int
	member                              [4]int
	http                                int
}

func freePorts(frontend, n int) (ports, error) {
	free := make([]int, 0, n)
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return ports{}, fmt.Errorf("temporal: no free port: %w", err)
		}
		// All are held until the last is found, so that no two are the same.
		defer func() { _ = l.Close() }()
		free = append(free, l.Addr().(*net.TCPAddr).Port)
	}
	if frontend == 0 {
		frontend = free[0]
	}
	return ports{frontend, free[1], free[2], free[3], [4]int(free[4:8]), free[8]}, nil
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

func staticHosts(p ports) map[primitives.ServiceName]static.Hosts {
	one := func(port int) static.Hosts { return static.Hosts{All: []string{address(port)}, Self: address(port)} }
	return map[primitives.ServiceName]static.Hosts{
		primitives.FrontendService: one(p.frontend),
		primitives.HistoryService:  one(p.history),
		primitives.MatchingService: one(p.matching),
		primitives.WorkerService:   one(p.worker),
	}
}

func service(port, member, http int) config.Service {
	return config.Service{RPC: config.RPC{GRPCPort: port, MembershipPort: member, HTTPPort: http, BindOnLocalHost: true}}
}
