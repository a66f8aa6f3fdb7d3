package office

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// ParameterKind is what a parameter's value looks like.
type ParameterKind string

// The kinds of parameters. Lists are separated by spaces.
const (
	NumberParameter   ParameterKind = "number"
	RolesParameter    ParameterKind = "roles"
	NetworksParameter ParameterKind = "networks" // addresses and CIDR prefixes
)

// Parameter of signing in, which a security administrator may set
// (domain/compliance.md §1, level 3). Its sentences are policy.<name>.
type Parameter struct {
	Name     string
	Kind     ParameterKind
	Default  string
	Min, Max int // of a number
}

// The parameters by name.
const (
	PasswordLength  = "password.length"  // characters
	PasswordClasses = "password.classes" // of lower, upper, digits, others
	PasswordHistory = "password.history" // former passwords that may not come again
	PasswordDays    = "password.days"    // 0: for ever
	LockTries       = "lock.tries"
	LockMinutes     = "lock.minutes"
	SessionMinutes  = "session.idle" // minutes without a request
	SessionHours    = "session.life"
	FactorRoles     = "factor.roles"
	RecoveryCodes   = "recovery.codes"
	ProjectFiles    = "files.project"   // megabytes of files of one project, or one finding
	PersonFiles     = "files.person"    // megabytes that one person may file in a day
	TrustedProxies  = "network.proxies" // whose X-Forwarded-For is believed
	PersonalYears   = "personal.years"  // after closing, until personal data is erased
)

// Parameters in the order in which they are shown.
var Parameters = []Parameter{
	{Name: PasswordLength, Kind: NumberParameter, Default: "10", Min: 8, Max: 64},
	{Name: PasswordClasses, Kind: NumberParameter, Default: "3", Min: 1, Max: 4},
	{Name: PasswordHistory, Kind: NumberParameter, Default: "5", Min: 0, Max: 24},
	{Name: PasswordDays, Kind: NumberParameter, Default: "90", Min: 0, Max: 3650},
	{Name: LockTries, Kind: NumberParameter, Default: "5", Min: 3, Max: 20},
	{Name: LockMinutes, Kind: NumberParameter, Default: "15", Min: 1, Max: 1440},
	{Name: SessionMinutes, Kind: NumberParameter, Default: "15", Min: 1, Max: 480},
	{Name: SessionHours, Kind: NumberParameter, Default: "12", Min: 1, Max: 24},
	{Name: FactorRoles, Kind: RolesParameter, Default: strings.Join(withFactor, " ")},
	{Name: RecoveryCodes, Kind: NumberParameter, Default: "10", Min: 5, Max: 20},
	{Name: ProjectFiles, Kind: NumberParameter, Default: "5000", Min: 50, Max: 1_000_000},
	{Name: PersonFiles, Kind: NumberParameter, Default: "2000", Min: 50, Max: 1_000_000},
	{Name: PersonalYears, Kind: NumberParameter, Default: "3", Min: 1, Max: 30},
	{Name: TrustedProxies, Kind: NetworksParameter},
}

// PolicyRow is a parameter that was set.
type PolicyRow struct {
	Name      string `gorm:"primaryKey"`
	Value     string
	ChangedBy string
	ChangedAt time.Time
}

// TableName of the entity.
func (PolicyRow) TableName() string { return "policy" }

// Policy is the parameters as they hold, by name.
type Policy map[string]string

// DefaultPolicy is what holds where nothing was set.
func DefaultPolicy() Policy {
	p := Policy{}
	for _, q := range Parameters {
		p[q.Name] = q.Default
	}
	return p
}

// ReadPolicy reads the parameters, and the rows of those that were set.
func ReadPolicy(tx *gorm.DB) (Policy, []PolicyRow, error) {
	var rows []PolicyRow
	if err := tx.Order("name").Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("policy: %w", err)
	}
	p := DefaultPolicy()
	for _, r := range rows {
		if _, known := p[r.Name]; known { // one of a former release means nothing any more
			p[r.Name] = r.Value
		}
	}
	return p, rows, nil
}

// Int is the value of a number.
func (p Policy) Int(name string) int {
	n, _ := strconv.Atoi(p[name]) // SetPolicy lets numbers in only
	return n
}

// List is the values of a list.
func (p Policy) List(name string) []string { return strings.Fields(p[name]) }

// Lock is for how long an account is locked at an address.
func (p Policy) Lock() time.Duration { return time.Duration(p.Int(LockMinutes)) * time.Minute }

// Proxies are the networks whose forwarded addresses are believed.
func (p Policy) Proxies() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range p.List(TrustedProxies) {
		if n, err := network(text); err == nil { // SetPolicy lets networks in only
			all = append(all, n)
		}
	}
	return all
}

// SetPolicy sets parameters, all or none, with an audit entry for each that changed.
func SetPolicy(tx *gorm.DB, a models.Acting, values map[string]string) error {
	before, _, err := ReadPolicy(tx)
	if err != nil {
		return err
	}
	wrong := models.Refuse("invalid-input")
	var names []string
	for name, value := range values {
		value = strings.Join(strings.Fields(value), " ")
		values[name] = value
		if code, args := checkParameter(name, value); code != "" {
			wrong.Field("/"+name, code, args...)
		}
		names = append(names, name)
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if values[name] == before[name] {
			continue
		}
		row := PolicyRow{Name: name, Value: values[name], ChangedBy: a.Person, ChangedAt: a.At.UTC()}
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return fmt.Errorf("policy %s: %w", name, err)
		}
		detail := models.JSONOf(map[string]string{"before": before[name], "after": values[name]})
		if err := audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "policy.set", Subject: "policy:" + name,
			Detail: detail}); err != nil {
			return err
		}
	}
	return nil
}

func checkParameter(name, value string) (code string, args []string) {
	i := slices.IndexFunc(Parameters, func(p Parameter) bool { return p.Name == name })
	if i < 0 {
		return "policy-unknown", nil
	}
	p := Parameters[i]
	switch p.Kind {
	case NumberParameter:
		n, err := strconv.Atoi(value)
		if err != nil || n < p.Min || n > p.Max {
			return "policy-number", []string{"min", strconv.Itoa(p.Min), "max", strconv.Itoa(p.Max)}
		}
	case NetworksParameter:
		for _, text := range strings.Fields(value) {
			if _, err := network(text); err != nil {
				return "policy-network", []string{"value", text}
			}
		}
	case RolesParameter:
		listed := strings.Fields(value)
		for _, role := range listed {
			if strings.Trim(role, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
				return "policy-role", []string{"value", role}
			}
		}
		for _, role := range Administrators { // who could change this line must not lose his own second factor by it
			if !slices.Contains(listed, role) {
				return "policy-administrators", nil
			}
		}
	}
	return "", nil
}

// network reads an address or a CIDR prefix. All addresses of the world are no proxies.
func network(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err == nil && p.Bits() == 0 {
		return p, errors.New("everybody")
	}
	return p.Masked(), err
}
