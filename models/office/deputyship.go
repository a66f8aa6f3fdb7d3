package office

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// longest is how long one deputyship lasts at most: whoever is away longer hands over.
const longest = 366 * 24 * time.Hour

// Deputyship lets a deputy act for a principal for a while (代理).
type Deputyship struct {
	ID                 int64 `gorm:"primaryKey"`
	Principal, Deputy  string
	Roles, Processes   models.JSON   // lists; empty: all
	Cap                *models.Money // 元; nil: any amount
	ValidFrom, ValidTo time.Time     // ValidTo does not belong to it
	Reason, SetBy      string
	SetAt              time.Time
	EndedAt            *time.Time // before its time
}

// TableName of the entity.
func (Deputyship) TableName() string { return "deputyship" }

// Until is when the deputyship ends, or has ended.
func (d Deputyship) Until() time.Time {
	if d.EndedAt != nil && d.EndedAt.Before(d.ValidTo) {
		return *d.EndedAt
	}
	return d.ValidTo
}

// meets reports whether two deputyships are in force at the same time.
func (d Deputyship) meets(o Deputyship) bool {
	return d.ValidFrom.Before(o.Until()) && o.ValidFrom.Before(d.Until())
}

// shares reports whether there is a post and a process that both are for.
func (d Deputyship) shares(o Deputyship) bool {
	return common(d.Roles, o.Roles) && common(d.Processes, o.Processes)
}

// common reports whether two lists, of which an empty one is all, have something in common.
func common(a, b models.JSON) bool {
	var x, y []string
	if a.Into(&x) != nil || b.Into(&y) != nil || len(x) == 0 || len(y) == 0 {
		return true
	}
	return slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) })
}

// SetDeputyship writes a deputyship that the principal sets, or the head of a unit
// of his (domain: approval.md §2, 15). Nobody deputises for himself, in a circle,
// or for somebody who is away himself.
func SetDeputyship(tx *gorm.DB, a models.Acting, d Deputyship) (Deputyship, error) {
	d.SetBy, d.SetAt, d.Reason = a.Person, models.Stamp(a.At), a.Reason
	if d.ValidFrom.Before(a.At) {
		d.ValidFrom = a.At // what came before stays where it is
	}
	d.ValidFrom, d.ValidTo, d.EndedAt = models.Stamp(d.ValidFrom), models.Stamp(d.ValidTo), nil
	if err := lockDeputyships(tx); err != nil {
		return d, err
	}
	for _, check := range []func(*gorm.DB, models.Acting, Deputyship) error{checkTerms, checkDeputy, checkOthers} {
		if err := check(tx, a, d); err != nil {
			return d, err
		}
	}
	if err := tx.Create(&d).Error; err != nil {
		return d, fmt.Errorf("deputyship of %s: %w", d.Principal, err)
	}
	return d, audit.Audit(tx, RequestChain, a, audit.AuditEntry{Action: "deputyship.set", Subject: d.subject(), Detail: models.JSONOf(d)})
}

// lockDeputyships keeps two people from setting halves of a circle at once.
func lockDeputyships(tx *gorm.DB) error {
	if err := tx.Exec(`UPDATE org_version SET version = version`).Error; err != nil {
		return fmt.Errorf("deputyships: %w", err)
	}
	return nil
}

func (d Deputyship) subject() string { return fmt.Sprintf("deputyship:%d", d.ID) }

// checkTerms refuses what makes no sense by itself, and who may not set it.
func checkTerms(tx *gorm.DB, a models.Acting, d Deputyship) error {
	switch {
	case d.Deputy == d.Principal:
		return models.Refuse("deputy-self").Field("/deputy", "deputy-self")
	case !d.ValidTo.After(a.At):
		return models.Refuse("deputy-over").Field("/to", "deputy-over")
	case !d.ValidFrom.Before(d.ValidTo):
		return models.Refuse("deputy-period").Field("/to", "deputy-period")
	case d.ValidTo.Sub(d.ValidFrom) > longest:
		return models.Refuse("deputy-long").Field("/to", "deputy-long")
	case d.Cap != nil && d.Cap.Sign() <= 0:
		return models.Refuse("deputy-cap").Field("/cap", "deputy-cap")
	}
	return MaySetDeputy(tx, a, d.Principal)
}

// MaySetDeputy refuses who is neither the principal nor head of a unit of his.
func MaySetDeputy(tx *gorm.DB, a models.Acting, principal string) error {
	if a.Person == principal {
		return nil
	}
	var n int64
	err := tx.Raw(`SELECT count(*) FROM post_now h JOIN post_now p ON p.dept_id = h.dept_id WHERE h.person_id = ? AND h.rank = 0
		AND p.person_id = ?`, a.Person, principal).
		Scan(&n).
		Error
	if err != nil {
		return fmt.Errorf("head of %s: %w", principal, err)
	}
	if n == 0 {
		return models.Refuse("not-his-head")
	}
	return nil
}

// Peers are the others who hold a post that a person holds.
func Peers(tx *gorm.DB, person string) (peers []string, err error) {
	err = tx.Raw(`SELECT DISTINCT o.person_id FROM post_now o JOIN post_now p ON p.id = o.id WHERE p.person_id = ? AND o.person_id <> ?
		ORDER BY o.person_id`, person, person).
		Scan(&peers).
		Error
	if err != nil {
		err = fmt.Errorf("peers of %s: %w", person, err)
	}
	return peers, err
}

// Heirs are who could go on with what a person has begun: the active holders of a post
// of his first, then the heads of his units.
func Heirs(tx *gorm.DB, person string) (heirs []string, err error) {
	err = tx.Raw(`SELECT o.person_id FROM post_now p JOIN post_now o ON o.dept_id = p.dept_id JOIN person q ON q.id = o.person_id
		WHERE p.person_id = ? AND o.person_id <> ? AND q.active AND (o.id = p.id OR o.rank = 0)
		GROUP BY o.person_id ORDER BY MIN(CASE WHEN o.id = p.id THEN 0 ELSE 1 END), o.person_id`, person, person).Scan(&heirs).Error
	if err != nil {
		err = fmt.Errorf("heirs of %s: %w", person, err)
	}
	return heirs, err
}

// checkDeputy refuses a deputy who could act on nothing: he needs a post in a unit
// of the principal's, of his rank or one below.
func checkDeputy(tx *gorm.DB, _ models.Acting, d Deputyship) error {
	why, err := WhyNoDeputy(tx, d)
	if err == nil && why != "" {
		return models.Refuse(why).Field("/deputy", why)
	}
	return err
}

// WhyNoDeputy is why somebody cannot deputise under the posts of a deputyship, "" when he can.
func WhyNoDeputy(tx *gorm.DB, d Deputyship) (string, error) {
	var who Person
	if err := tx.Where("id = ?", d.Deputy).Limit(1).Find(&who).Error; err != nil {
		return "", fmt.Errorf("person %s: %w", d.Deputy, err)
	}
	if who.ID == "" || !who.Active {
		return "deputy-inactive", nil
	}
	own, err := PostsOf(tx, d.Principal)
	if err != nil {
		return "", err
	}
	his, err := PostsOf(tx, d.Deputy)
	if err != nil {
		return "", err
	}
	administrates := func(p Post) bool { return slices.Contains(Administrators, p.Role) }
	switch {
	case slices.ContainsFunc(his, administrates) || slices.ContainsFunc(own, administrates):
		return "deputy-administrator", nil
	case len(his) == 0:
		return "deputy-without-post", nil
	}
	var roles []string
	if err := d.Roles.Into(&roles); len(d.Roles) > 0 && err != nil {
		return "", err
	}
	for _, role := range roles {
		if !slices.ContainsFunc(own, func(p Post) bool { return p.Role == role || p.ID == role }) {
			return "deputy-role-not-held", nil
		}
	}
	for _, p := range own {
		if len(roles) > 0 && !slices.Contains(roles, p.Role) && !slices.Contains(roles, p.ID) {
			continue
		}
		if slices.ContainsFunc(his, func(q Post) bool { return q.DeptID == p.DeptID && q.Rank <= p.Rank+1 }) {
			return "", nil
		}
	}
	return "deputy-too-far", nil
}

// checkOthers refuses what would meet another deputyship: two deputies for the same
// at once, a deputy who is away himself, a circle.
func checkOthers(tx *gorm.DB, _ models.Acting, d Deputyship) error {
	why, other, err := WhyNotBeside(tx, d)
	if err != nil || why == "" {
		return err
	}
	name, err := PersonName(tx, other.Deputy)
	if err != nil {
		return err
	}
	principal, err := PersonName(tx, other.Principal)
	if err != nil {
		return err
	}
	last := other.Until().Add(-time.Millisecond)
	return models.Refuse(why, "principal", principal, "deputy", name, "from", string(models.DateOf(other.ValidFrom)), "to",
		string(models.DateOf(last))).
		Field("/deputy", why)
}

// WhyNotBeside is why a deputyship cannot stand beside those there are, and the one that is in its way.
func WhyNotBeside(tx *gorm.DB, d Deputyship) (string, Deputyship, error) {
	var all []Deputyship
	if err := tx.Where("valid_to > ? AND (ended_at IS NULL OR ended_at > ?)", d.ValidFrom.UTC(),
		d.ValidFrom.UTC()).Order("id").Find(&all).Error; err != nil {
		return "", d, fmt.Errorf("deputyships: %w", err)
	}
	all = slices.DeleteFunc(all, func(o Deputyship) bool { return !o.meets(d) })
	if o, found := circle(all, d); found {
		return "deputy-loop", o, nil
	}
	for _, rule := range []struct {
		why    string
		broken func(o Deputyship) bool
	}{
		{"deputy-away", func(o Deputyship) bool { return o.Principal == d.Deputy }},
		{"deputy-overlap", func(o Deputyship) bool { return o.Principal == d.Principal && o.shares(d) }},
	} {
		if i := slices.IndexFunc(all, rule.broken); i >= 0 {
			return rule.why, all[i], nil
		}
	}
	return "", d, nil
}

// circle is the deputyship that leads back to the principal of another one, if there is one.
func circle(all []Deputyship, d Deputyship) (Deputyship, bool) {
	seen := map[string]bool{}
	for at := []string{d.Deputy}; len(at) > 0; at = at[1:] {
		if seen[at[0]] {
			continue
		}
		seen[at[0]] = true
		for _, o := range all {
			if o.Principal != at[0] {
				continue
			}
			if o.Deputy == d.Principal {
				return o, true
			}
			at = append(at, o.Deputy)
		}
	}
	return d, false
}

// EndDeputyship ends a deputyship before its time: the principal, the deputy or the head does.
func EndDeputyship(tx *gorm.DB, a models.Acting, id int64) (Deputyship, error) {
	var d Deputyship
	if err := tx.Where("id = ?", id).Limit(1).Find(&d).Error; err != nil {
		return d, fmt.Errorf("deputyship %d: %w", id, err)
	}
	if d.ID == 0 {
		return d, models.Refuse("not-found")
	}
	if a.Person != d.Deputy {
		if err := MaySetDeputy(tx, a, d.Principal); err != nil {
			return d, err
		}
	}
	return cutDeputyship(tx, a, d)
}

// CutDeputyship ends one of somebody who leaves, which two persons have confirmed.
func CutDeputyship(tx *gorm.DB, a models.Acting, id int64) (Deputyship, error) {
	var d Deputyship
	if err := tx.Where("id = ?", id).Limit(1).Find(&d).Error; err != nil {
		return d, fmt.Errorf("deputyship %d: %w", id, err)
	}
	if d.ID == 0 {
		return d, models.Refuse("not-found")
	}
	return cutDeputyship(tx, a, d)
}

func cutDeputyship(tx *gorm.DB, a models.Acting, d Deputyship) (Deputyship, error) {
	if !d.Until().After(a.At) {
		return d, models.Refuse("deputy-over")
	}
	at := models.Stamp(a.At)
	d.EndedAt = &at
	if err := tx.Model(&Deputyship{}).Where("id = ?", d.ID).Update("ended_at", at).Error; err != nil {
		return d, fmt.Errorf("deputyship %d: %w", d.ID, err)
	}
	return d, audit.Audit(tx, RequestChain, a, audit.AuditEntry{Action: "deputyship.end", Subject: d.subject(), Reason: a.Reason})
}

// DeputyshipsOf are those that a person has set or taken, newest first.
func DeputyshipsOf(tx *gorm.DB, person string, limit int) ([]Deputyship, error) {
	var all []Deputyship
	err := tx.Where("principal = ? OR deputy = ?", person, person).Order("valid_from DESC, id DESC").Limit(limit).Find(&all).Error
	return all, err
}

// Colleagues are the other active persons of a person's units, who could be asked to deputise.
func Colleagues(tx *gorm.DB, person string) ([]string, error) {
	var ids []string
	err := tx.Raw(`SELECT DISTINCT q.person_id FROM post_now p JOIN post_now q ON q.dept_id = p.dept_id JOIN person w ON w.id = q.person_id
		WHERE p.person_id = ? AND q.person_id <> ? ORDER BY q.person_id`, person, person).Scan(&ids).Error
	return ids, err
}
