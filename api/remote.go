package api

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/quancheng/quancheng/models/office"
)

// policyAge is how long another process may go on with parameters that were changed.
const policyAge = 5 * time.Second

// policies keeps the parameters of signing in, which every request asks for.
type policies struct {
	mu      sync.Mutex
	read    time.Time
	policy  office.Policy
	set     map[string]bool // parameters that were set; of the others the defaults hold
	proxies []netip.Prefix
	sets    []office.PermissionSet // the county's own roles
}

// ownRoles are the county's own roles.
func (c *call) ownRoles() ([]office.PermissionSet, error) {
	if _, err := c.policy(); err != nil {
		return nil, err
	}
	c.srv.policies.mu.Lock()
	defer c.srv.policies.mu.Unlock()
	return c.srv.policies.sets, nil
}

// policy is the parameters as they hold.
func (c *call) policy() (office.Policy, error) {
	p := c.srv.policies
	p.mu.Lock()
	defer p.mu.Unlock()
	err := c.srv.readPolicy(c)
	return p.policy, err
}

// readPolicy reads the parameters again when what is kept is too old.
func (s *Server) readPolicy(c *call) error {
	p := s.policies
	if p.policy != nil && time.Since(p.read) < policyAge {
		return nil
	}
	policy, rows, err := office.ReadPolicy(s.DB.Read(c.Request.Context()))
	if err != nil {
		return err
	}
	sets, err := office.PermissionSets(s.DB.Read(c.Request.Context()))
	if err != nil {
		return err
	}
	p.sets, p.read, p.policy, p.proxies, p.set = sets, time.Now(), policy, policy.Proxies(), map[string]bool{}
	for _, r := range rows {
		p.set[r.Name] = true
	}
	return nil
}

// forget makes the next request read the parameters.
func (p *policies) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read = time.Time{}
}

// idle is after how long without a request a session ends: as the security
// administrator set it, else as the process was started.
func (c *call) idle() (time.Duration, error) {
	policy, err := c.policy()
	if err != nil {
		return 0, err
	}
	c.srv.policies.mu.Lock()
	defer c.srv.policies.mu.Unlock()
	if c.srv.policies.set[office.SessionMinutes] {
		return time.Duration(policy.Int(office.SessionMinutes)) * time.Minute, nil
	}
	return c.srv.SessionIdle, nil
}

// ClientIP is the address that the call came from, in audit, limits and locks.
// What a proxy forwards is believed of the proxies that are named only
// (parameter network.proxies): of the addresses in X-Forwarded-For it is the
// last one that is not such a proxy. Everything before it anybody may have written.
func (c *call) ClientIP() string {
	host, _, err := net.SplitHostPort(c.Request.RemoteAddr)
	if err != nil {
		host = c.Request.RemoteAddr
	}
	if _, err := c.policy(); err != nil {
		return host // audit what can be audited; the request itself fails on the same database
	}
	c.srv.policies.mu.Lock()
	proxies := c.srv.policies.proxies
	c.srv.policies.mu.Unlock()
	trusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	}
	at, err := netip.ParseAddr(host)
	if err != nil || !trusted(at) {
		return host
	}
	said := strings.Split(strings.Join(c.Request.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(said) {
		next, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			break
		}
		if at = next.Unmap(); !trusted(at) {
			break
		}
	}
	return at.String()
}
