// Package stamp asks a time-stamp authority (RFC 3161) when something was there, and looks later whether
// its answer holds. It knows neither books nor audit: what is stamped is a text.
package stamp

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// patience is how long an authority may take to answer.
const patience = 10 * time.Second

// most bounds an answer.
const most = 1 << 20

// Authority is a time-stamp authority.
type Authority struct {
	URL   string           // asked by POST
	Roots *smx509.CertPool // that its certificate must go back to; nil: its own certificate is believed as it comes
}

// Parse reads the settings: an address and a file of roots (PEM), "" for none. Without an address there is no authority.
func Parse(url, roots string) (*Authority, error) {
	if url == "" {
		return nil, nil
	}
	a := &Authority{URL: url}
	if roots == "" {
		return a, nil
	}
	pem, err := os.ReadFile(roots)
	if err != nil {
		return nil, fmt.Errorf("roots of the time-stamp authority: %w", err)
	}
	a.Roots = smx509.NewCertPool()
	if !a.Roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate of a time-stamp authority", roots)
	}
	return a, nil
}

// Ask has the authority stamp a text, and gives its token, which holds, with the moment that it states.
func (a *Authority) Ask(ctx context.Context, text string) ([]byte, time.Time, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, time.Time{}, err
	}
	digest := sha256.Sum256([]byte(text))
	body, err := asn1.Marshal(query{
		Version: 1, Imprint: imprint{Hash: algorithm{OID: oidSHA256, Parameters: asn1.NullRawValue}, Digest: digest[:]},
		Nonce: nonce, CertReq: true,
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	token, err := a.post(ctx, body)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("time-stamp authority %s: %w", a.URL, err)
	}
	i, at, err := a.look(token, text)
	if err == nil && (i.Nonce == nil || i.Nonce.Cmp(nonce) != 0) {
		err = errors.New("it has answered another question")
	}
	if err != nil {
		return nil, at, fmt.Errorf("time-stamp authority %s: %w", a.URL, err)
	}
	return token, at, nil
}

func (a *Authority) post(ctx context.Context, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = got.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(got.Body, most))
	if err != nil {
		return nil, err
	}
	if got.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s", got.Status)
	}
	var out answer
	if _, err := asn1.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("it answers what is no time-stamp: %w", err)
	}
	if out.Status.Status > 1 || len(out.Token.Raw) == 0 { // 0 granted, 1 granted with changes
		return nil, fmt.Errorf("it refuses (status %d) %q", out.Status.Status, out.Status.Text)
	}
	return out.Token.Raw, nil
}

// Look says at which moment a token states that a text was there; an error where it is
// about another text, was altered, or is not of the authority.
func (a *Authority) Look(token []byte, text string) (time.Time, error) {
	_, at, err := a.look(token, text)
	return at, err
}

func (a *Authority) look(token []byte, text string) (i info, at time.Time, err error) {
	i, by, all, err := open(token)
	if err != nil {
		return i, at, err
	}
	if at, err = moment(i.At); err != nil {
		return i, at, fmt.Errorf("moment of a time-stamp: %w", err)
	}
	digest, err := sum(i.Imprint.Hash.OID, []byte(text))
	if err != nil || !bytes.Equal(digest, i.Imprint.Digest) {
		return i, at, errors.Join(err, errors.New("the time-stamp is of something else"))
	}
	between := smx509.NewCertPool()
	for _, c := range all {
		between.AddCert(c)
	}
	roots := a.Roots
	if roots == nil {
		roots = between
	}
	_, err = by.Verify(smx509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	if err != nil {
		return i, at, fmt.Errorf("the certificate of the time-stamp: %w", err)
	}
	return i, at, nil
}
