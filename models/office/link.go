package office

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// LinkOffer is a person's wish to be known to a provider, until he comes back from there.
const LinkOffer CredentialKind = "oidc-offer" // "<provider> <SHA-256 of the state>"

// linkOfferLife is for how long a person may be away at a provider.
const linkOfferLife = 10 * time.Minute

// OfferLink notes that whoever comes back from a provider with this state is the person.
func OfferLink(tx *gorm.DB, a models.Acting, provider, state string) error {
	if err := useUp(tx, a, a.Person, LinkOffer); err != nil {
		return err
	}
	row := Credential{Person: a.Person, Kind: LinkOffer, Data: provider + " " + tokenID(state), ChangedAt: a.At.UTC()}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("link of %s: %w", a.Person, err)
	}
	return nil
}

// ConfirmLink links the claim of who came back to the person who left with the
// state, and says who that is: "" when nobody wished a link. A claim belongs to
// one account, and an account has one claim of a provider.
func ConfirmLink(tx *gorm.DB, a models.Acting, provider, state, claim string) (string, error) {
	var offer Credential
	err := tx.Where("kind = ? AND data = ? AND used_at IS NULL", LinkOffer, provider+" "+tokenID(state)).Take(&offer).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("link to %s: %w", provider, err)
	}
	a.Person = offer.Person
	if err := useUp(tx, a, a.Person, LinkOffer); err != nil {
		return "", err
	}
	if age := a.At.Sub(offer.ChangedAt); age > linkOfferLife || age < -skew {
		return a.Person, models.Refuse("provider-state")
	}
	var other []Credential
	if err := tx.Where("kind = ? AND data = ? AND person <> ?", OIDCCredential, provider+" "+claim,
		a.Person).Limit(1).Find(&other).Error; err != nil {
		return "", fmt.Errorf("link to %s: %w", provider, err)
	}
	if len(other) > 0 {
		return a.Person, models.Refuse("provider-linked")
	}
	if err := dropLink(tx, a.Person, provider); err != nil {
		return "", err
	}
	row := Credential{Person: a.Person, Kind: OIDCCredential, Data: provider + " " + claim, ChangedAt: a.At.UTC()}
	if err := tx.Create(&row).Error; err != nil {
		return "", fmt.Errorf("link to %s: %w", provider, err)
	}
	return a.Person, changed(tx, a, "credential.link", "link-changed")
}

// Links are the providers that know a person, with the moment since when.
func Links(all []Credential) map[string]time.Time {
	out := map[string]time.Time{}
	for _, c := range ofKind(all, OIDCCredential) {
		provider, _, _ := strings.Cut(c.Data, " ")
		out[provider] = c.ChangedAt
	}
	return out
}

// Unlink takes a person's link to a provider away.
func Unlink(tx *gorm.DB, a models.Acting, provider string) error {
	all, err := Credentials(tx, a.Person)
	if err != nil {
		return err
	}
	if _, linked := Links(all)[provider]; !linked {
		return models.Refuse("not-found")
	}
	if err := dropLink(tx, a.Person, provider); err != nil {
		return err
	}
	if err := audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "credential.provider",
		Subject: "provider:" + provider}); err != nil {
		return err
	}
	return changed(tx, a, "credential.unlink", "link-changed")
}

func dropLink(tx *gorm.DB, person, provider string) error {
	err := tx.Where("person = ? AND kind = ? AND substr(data, 1, ?) = ?", person, OIDCCredential, len(provider)+1, provider+" ").
		Delete(&Credential{}).
		Error
	if err != nil {
		return fmt.Errorf("link of %s: %w", person, err)
	}
	return nil
}
