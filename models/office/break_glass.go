package office

import (
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// RequestBreakGlass is a request to open the sealed account for an emergency
// (domain: access.md §5, row 24): the system administrator asks, the security
// administrator opens it within half an hour, and it shuts by itself.
const RequestBreakGlass = "break-glass"

// PartGlass is its only part.
const PartGlass = "glass"

// GlassAccount is the sealed account. It holds no post but while it is open.
const GlassAccount = "break-glass"

// GlassLife is how long it is open.
const GlassLife = 4 * time.Hour

// glassRole is what the account is while it is open: it moves what stands still, and decides nothing.
const glassRole = "PROCESS_ADMIN"

// GlassRequest is the body of such a request.
type GlassRequest struct {
	Account string `json:"account"`
	Hours   int    `json:"hours"`
}

var _ = RegisterRequests(RequestBreakGlass, RequestKind{Parts: []PartKind{{PartGlass, SecAdmin, breakGlass}}})

// AskBreakGlass asks for it; what could not be opened is refused at once.
func AskBreakGlass(tx *gorm.DB, a models.Acting) (GrantRequest, error) {
	if _, err := glassUnit(tx, a.At); err != nil {
		return GrantRequest{}, err
	}
	if err := glassShut(tx, a.At); err != nil {
		return GrantRequest{}, err
	}
	var waiting int64
	err := tx.Model(&GrantRequest{}).Where("kind = ? AND state = ? AND asked_at > ?", RequestBreakGlass, RequestOpen,
		models.Stamp(a.At.Add(-factorResetLife))).Count(&waiting).Error
	if err != nil {
		return GrantRequest{}, fmt.Errorf("requests for the sealed account: %w", err)
	}
	if waiting > 0 {
		return GrantRequest{}, models.Refuse("asked-already")
	}
	r, err := Ask(tx, a, RequestBreakGlass, GlassRequest{Account: GlassAccount, Hours: int(GlassLife.Hours())}, nil, "")
	if err != nil {
		return r, err
	}
	return r, tellGlass(tx, a, "glass-asked", r.ID, SecAdmin, AuditAdmin)
}

// glassUnit is the unit in which the account has its post.
func glassUnit(tx *gorm.DB, at time.Time) (string, error) {
	unit, err := Serving(tx, "bureau", at)
	if err == nil && unit == "" {
		err = models.Refuse("setup-function-missing", "function", "bureau")
	}
	return unit, err
}

func glassShut(tx *gorm.DB, at time.Time) error {
	var n int64
	err := tx.Model(&Post{}).Where("person_id = ? AND valid_to > ?", GlassAccount, models.Stamp(at)).Count(&n).Error
	if err == nil && n > 0 {
		err = models.Refuse("glass-open")
	}
	return err
}

// breakGlass opens the account: a post that ends by itself, a code that is shown
// once, and neither password nor second factor of the time before.
func breakGlass(tx *gorm.DB, a models.Acting, r *GrantRequest, _ Cipher) (any, error) {
	if age := a.At.Sub(r.AskedAt); age > factorResetLife || age < -skew {
		return nil, models.Refuse("request-too-old", "minutes", strconv.Itoa(int(factorResetLife.Minutes())))
	}
	if r.AskedBy == a.Person {
		return nil, models.Refuse("second-person-needed")
	}
	unit, err := glassUnit(tx, a.At)
	if err != nil {
		return nil, err
	}
	if err := glassShut(tx, a.At); err != nil {
		return nil, err
	}
	p := Person{ID: GlassAccount, Name: "应急账号", NameEn: "Emergency account", Active: true, Kind: Internal}
	if err := tx.Save(&p).Error; err != nil {
		return nil, fmt.Errorf("sealed account: %w", err)
	}
	if err := ForgetFactor(tx, a, GlassAccount); err != nil {
		return nil, err
	}
	if err := useUp(tx, a, GlassAccount, PasswordCredential); err != nil {
		return nil, err
	}
	to := models.Stamp(a.At.Add(GlassLife))
	row := Post{
		ID: PostID(glassRole, unit), PersonID: GlassAccount, Role: glassRole, DeptID: unit, Rank: 3, IsPrimary: true,
		ValidFrom: models.Stamp(a.At), ValidTo: &to, Request: r.ID,
	}
	if err := tx.Create(&row).Error; err != nil {
		return nil, fmt.Errorf("post of the sealed account: %w", err)
	}
	err = audit.Audit(tx, AccountChain, a, audit.AuditEntry{
		Action: "account.break-glass", Subject: "person:" + GlassAccount,
		Detail: models.JSONOf(map[string]any{"askedBy": r.AskedBy, "until": to, "reason": r.Reason}),
	})
	if err != nil {
		return nil, err
	}
	if err := tellGlass(tx, a, "glass-opened", r.ID, AuditAdmin, "BUREAU_DIRECTOR"); err != nil {
		return nil, err
	}
	return IssueCodes(tx, a.At, factorResetLife, p)
}

// tellGlass tells holders of roles at once.
func tellGlass(tx *gorm.DB, a models.Acting, kind NotificationKind, request int64, roles ...string) error {
	return TellRoles(tx, a, Notification{
		Cause: fmt.Sprintf("%s:%d", kind, request), Kind: kind, Subject: "person:" + GlassAccount, CreatedAt: a.At,
	}, roles...)
}
