package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image/png"
	"net/http"
	"time"

	"github.com/pquerna/otp"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// ownFactor tells a person how he is protected, and what a new password must be.
func ownFactor(c *call) (any, error) {
	policy, err := c.policy()
	if err != nil {
		return nil, err
	}
	own, err := office.Credentials(c.db(), c.who.Person.ID)
	if err != nil {
		return nil, err
	}
	out := wire.Factor{Set: office.HasFactor(own), Recovery: office.RecoveryLeft(own), Rules: wire.Rules{
		Length: policy.Int(office.PasswordLength), Classes: policy.Int(office.PasswordClasses),
		History: policy.Int(office.PasswordHistory), Days: policy.Int(office.PasswordDays),
	}}
	if p := office.Password(own); p.ID != 0 && out.Rules.Days > 0 {
		until := p.ChangedAt.AddDate(0, 0, out.Rules.Days).In(models.Zone)
		out.PasswordExpires = &until
	}
	return out, nil
}

// setPassword replaces one's own password. Who did not come by it or by a code
// just now shows the present one.
func setPassword(c *call) (any, error) {
	var in wire.NewPassword
	policy, own, err := c.takes(office.PasswordStep, &in)
	if err != nil {
		return nil, err
	}
	if !c.who.waits(office.PasswordStep) {
		if err := c.prove(policy, func() error {
			right, err := c.passes(office.Password(own).Data, in.Current)
			if err == nil && !right {
				err = refuse(http.StatusForbidden, "wrong-password").field("/current", "wrong-password")
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	if err := c.newPassword(policy, own, in.Password); err != nil {
		return nil, err
	}
	var phc string
	if err := c.hash(func() { phc = office.HashPassword(in.Password) }); err != nil {
		return nil, err
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if err := office.SetPassword(tx, c.actingAs(c.who.Person.ID), phc, c.who.Session.ID); err != nil {
			return err
		}
		return office.StepDone(tx, c.who.Session, office.PasswordStep, c.now)
	})
	return c.stepped(err)
}

// newPassword refuses a password that is weak, or was used before.
func (c *call) newPassword(policy office.Policy, own []office.Credential, password string) error {
	p := c.who.Person
	refusal := office.CheckPassword(policy, password, p.ID, p.Name, p.NameEn)
	for _, old := range office.FormerPasswords(own, policy) {
		used, err := c.passes(old, password)
		if err != nil {
			return err
		}
		if used {
			refusal.Field("/password", "password-used")
			break
		}
	}
	return refusal.OrNil()
}

// prove counts an attempt before something secret is compared, and forgets the
// attempts when it was right. A wrong one is audited.
func (c *call) prove(policy office.Policy, compare func() error) error {
	account := c.who.Person.ID
	last, err := c.try(account, policy)
	if err != nil {
		return err
	}
	err = compare()
	var p *problem
	var r *models.Refusal
	switch {
	case err == nil:
		return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return office.SignedIn(tx, account, c.ClientIP()) })
	case errors.As(err, &p) && p.Status == http.StatusForbidden, errors.As(err, &r):
		return errors.Join(err, c.auditFailure(account, last))
	}
	return err
}

// waits reports whether the session waits for a step of the sign-in.
func (w *identity) waits(step office.Step) bool {
	for _, s := range w.Session.Steps() {
		if s == step {
			return true
		}
	}
	return false
}

// takes reads what a step of signing in is given, when it is its turn, with what its own are held against.
func (c *call) takes(step office.Step, in any) (policy office.Policy, own []office.Credential, err error) {
	if err = c.decode(in); err != nil {
		return policy, nil, err
	}
	if err = c.stepsBefore(step); err != nil {
		return policy, nil, err
	}
	if policy, err = c.policy(); err != nil {
		return policy, nil, err
	}
	own, err = office.Credentials(c.db(), c.who.Person.ID)
	return policy, own, err
}

// stepsBefore refuses a step while one before it is open: who has not shown his
// second factor changes neither password nor factor.
func (c *call) stepsBefore(step office.Step) error {
	if steps := c.who.Session.Steps(); len(steps) > 0 && steps[0] != step {
		return refuse(http.StatusForbidden, "sign-in-unfinished")
	}
	return nil
}

// stepped answers what is known of the person after a step.
func (c *call) stepped(err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if err := c.identify(); err != nil {
		return nil, err
	}
	return c.me()
}

// showFactor takes the second factor of a sign-in.
func showFactor(c *call) (any, error) {
	var in wire.FactorCode
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !c.who.waits(office.CodeStep) {
		return c.me()
	}
	policy, err := c.policy()
	if err != nil {
		return nil, err
	}
	return c.stepped(c.prove(policy, func() error {
		return c.useFactor(in.Code, func(tx *gorm.DB) error { return office.StepDone(tx, c.who.Session, office.CodeStep, c.now) })
	}))
}

// useFactor uses a code of the second factor up, and does something in the same transaction.
func (c *call) useFactor(code string, then func(tx *gorm.DB) error) error {
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if err := office.UseFactor(tx, c.actingAs(c.who.Person.ID), c.srv.Cipher, code); err != nil {
			return err
		}
		return then(tx)
	})
	if errors.Is(err, office.ErrWrongCode) {
		return refuse(http.StatusForbidden, "wrong-code").field("/code", "wrong-code")
	}
	return err
}

// offerFactor makes the key of a second factor. Who has one shows it first.
func offerFactor(c *call) (any, error) {
	var in wire.FactorCode
	policy, own, err := c.takes(office.FactorStep, &in)
	if err != nil {
		return nil, err
	}
	if office.HasFactor(own) {
		if err := c.prove(policy, func() error { return c.useFactor(in.Code, func(*gorm.DB) error { return nil }) }); err != nil {
			return nil, err
		}
	}
	var out wire.FactorOffer
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		out.Key, out.URI, err = office.OfferFactor(tx, c.actingAs(c.who.Person.ID), c.srv.Cipher, c.text("product"), c.who.Person.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.QR, err = qr(out.URI)
	return out, err
}

// qr draws the address of a key for the camera of a telephone.
func qr(uri string) (string, error) {
	key, err := otp.NewKeyFromURL(uri)
	if err != nil {
		return "", err
	}
	img, err := key.Image(220, 220)
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// confirmFactor takes the first code of an offered key, and answers the recovery codes, this once.
func confirmFactor(c *call) (any, error) {
	var in wire.FactorCode
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.stepsBefore(office.FactorStep); err != nil {
		return nil, err
	}
	policy, err := c.policy()
	if err != nil {
		return nil, err
	}
	var codes []string
	err = c.prove(policy, func() error {
		err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
			if codes, err = office.ConfirmFactor(tx, c.actingAs(c.who.Person.ID), c.srv.Cipher, in.Code); err != nil {
				return err
			}
			return office.StepDone(tx, c.who.Session, office.FactorStep, c.now)
		})
		if errors.Is(err, office.ErrWrongCode) {
			return refuse(http.StatusForbidden, "wrong-code").field("/code", "wrong-code")
		}
		return err
	})
	return c.withCodes(codes, err)
}

// renewRecovery makes new recovery codes in place of the former ones.
func renewRecovery(c *call) (any, error) {
	var in wire.FactorCode
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	policy, err := c.policy()
	if err != nil {
		return nil, err
	}
	var codes []string
	err = c.prove(policy, func() error {
		return c.useFactor(in.Code, func(tx *gorm.DB) (err error) {
			codes, err = office.NewRecoveryCodes(tx, c.actingAs(c.who.Person.ID))
			return err
		})
	})
	return c.withCodes(codes, err)
}

func (c *call) withCodes(codes []string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if err := c.identify(); err != nil {
		return nil, err
	}
	me, err := c.me()
	return wire.RecoveryCodes{Codes: codes, Me: me}, err
}

// ownSessions lists where the person is signed in.
func ownSessions(c *call) (any, error) {
	idle, err := c.idle()
	if err != nil {
		return nil, err
	}
	all, err := office.SessionsOf(c.db(), c.who.Person.ID, c.now, idle)
	if err != nil {
		return nil, err
	}
	out := wire.OwnSessions{Sessions: []wire.OwnSession{}}
	for _, s := range all {
		out.Sessions = append(out.Sessions, wire.OwnSession{
			ID: s.ID[:16], CreatedAt: in(s.CreatedAt), SeenAt: in(s.SeenAt), Remote: s.Remote, Agent: s.Agent,
			This: s.ID == c.who.Session.ID,
		})
	}
	return out, nil
}

func in(at time.Time) time.Time { return at.In(models.Zone) }

// endOwnSession ends one of the person's other sessions.
func endOwnSession(c *call) (any, error) {
	idle, err := c.idle()
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		all, err := office.SessionsOf(tx, c.who.Person.ID, c.now, idle)
		if err != nil {
			return reply{}, err
		}
		for _, s := range all {
			if s.ID[:16] == c.Param("id") {
				return reply{Status: http.StatusNoContent}, c.endSession(tx, s.ID)
			}
		}
		return reply{}, notFound()
	})
}

// endOtherSessions ends all of the person's sessions but this one.
func endOtherSessions(c *call) (any, error) {
	idle, err := c.idle()
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		all, err := office.SessionsOf(tx, c.who.Person.ID, c.now, idle)
		if err != nil {
			return reply{}, err
		}
		for _, s := range all {
			if s.ID != c.who.Session.ID {
				if err := c.endSession(tx, s.ID); err != nil {
					return reply{}, err
				}
			}
		}
		return reply{Status: http.StatusNoContent}, nil
	})
}
