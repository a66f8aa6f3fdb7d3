package trust

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/quancheng/quancheng/workflows/contract"
)

// ErrNoKey says that a process without a signing key in use was asked to seal.
var ErrNoKey = errors.New("trust: no signing key is in use: give the process its keys")

// Seal vouches for a request, from now on for contract.Validity.
func (k *Keys) Seal(r contract.Request) (contract.Request, error) {
	now := k.now()
	key := k.sealing(now)
	if key == nil {
		return r, ErrNoKey
	}
	r, err := r.Settled()
	if err != nil {
		return r, fmt.Errorf("seal %s: %w", r.ID, err)
	}
	r.Seal = contract.Seal{Key: key.ID, Issued: now.UnixMilli(), Expires: now.Add(contract.Validity).UnixMilli()}
	r.Seal.Signature = ed25519.Sign(ed25519.PrivateKey(slices.Concat(key.Private, key.Public)), r.Sealed())
	return r, nil
}

// Verify refuses what none of our processes has sealed, and what was sealed too
// long ago. The error is a *contract.Distrust.
func (k *Keys) Verify(r contract.Request) error {
	if d := k.distrust(r); d != nil {
		return d
	}
	return nil
}

func (k *Keys) distrust(r contract.Request) *contract.Distrust {
	if len(r.Seal.Signature) == 0 {
		return distrust(contract.RequestUnsigned, "event", r.ID)
	}
	i := slices.IndexFunc(k.Signing, func(s SigningKey) bool { return s.ID == r.Seal.Key })
	if i < 0 {
		return distrust(contract.KeyUnknown, "event", r.ID, "key", r.Seal.Key)
	}
	key, now := k.Signing[i], k.now()
	if !ed25519.Verify(key.Public, r.Sealed(), r.Seal.Signature) {
		return distrust(contract.RequestAltered, "event", r.ID, "key", key.ID)
	}
	switch {
	case key.ended(now):
		return distrust(contract.KeyEnded, "event", r.ID, "key", key.ID, "at", clock(*key.Until))
	case !now.Before(time.UnixMilli(r.Seal.Expires)):
		return distrust(contract.RequestExpired, "event", r.ID, "key", key.ID, "at", clock(time.UnixMilli(r.Seal.Expires)))
	case now.Add(contract.Ahead).Before(time.UnixMilli(r.Seal.Issued)):
		return distrust(contract.RequestEarly, "event", r.ID, "key", key.ID, "at", clock(time.UnixMilli(r.Seal.Issued)))
	}
	return nil
}

// Misdirected is the refusal of a request that came to the workflow of another root instance.
func Misdirected(r contract.Request, root int64) error {
	return distrust(contract.RequestMisdirected, "event", r.ID, "root", strconv.FormatInt(root, 10))
}

func distrust(code string, args ...string) *contract.Distrust {
	d := &contract.Distrust{Code: code, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		d.Args[args[i]] = args[i+1]
	}
	return d
}

// zone is where the people who read these moments are.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

func clock(t time.Time) string { return t.In(zone).Format(time.DateTime) }
