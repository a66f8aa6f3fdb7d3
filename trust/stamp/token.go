package stamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // hash of many authorities
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

var (
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidSM3           = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
)

type algorithm struct {
	OID        asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

type imprint struct {
	Hash   algorithm
	Digest []byte
}

// raw is an optional part that is kept as it came.
type raw struct{ Raw asn1.RawContent }

// query is a TimeStampReq of RFC 3161.
type query struct {
	Version int
	Imprint imprint
	Nonce   *big.Int
	CertReq bool
}

// answer is a TimeStampResp.
type answer struct {
	Status struct {
		Status int
		Text   []string       `asn1:"optional,utf8"`
		Fail   asn1.BitString `asn1:"optional"`
	}
	Token raw `asn1:"optional"`
}

// content is a ContentInfo of RFC 5652.
type content struct {
	Type asn1.ObjectIdentifier
	Data signedData `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version int
	Digests []algorithm `asn1:"set"`
	Inside  struct {
		Type asn1.ObjectIdentifier
		Data []byte `asn1:"explicit,tag:0"`
	}
	Certificates raw      `asn1:"optional,tag:0"`
	Revoked      raw      `asn1:"optional,tag:1"`
	Signers      []signer `asn1:"set"`
}

type signer struct {
	Version   int
	ID        asn1.RawValue
	Digest    algorithm
	Signed    raw `asn1:"optional,tag:0"`
	Signature algorithm
	Value     []byte
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue
}

// info is a TSTInfo.
type info struct {
	Version  int
	Policy   asn1.ObjectIdentifier
	Imprint  imprint
	Serial   *big.Int
	At       asn1.RawValue
	Accuracy raw      `asn1:"optional"`
	Ordering bool     `asn1:"optional"`
	Nonce    *big.Int `asn1:"optional"`
}

// open takes a token apart and says what it states, once its signature is found good under one of
// the certificates that came with it.
func open(token []byte) (info, *smx509.Certificate, []*smx509.Certificate, error) {
	var c content
	if rest, err := asn1.Unmarshal(token, &c); err != nil || len(rest) > 0 {
		return info{}, nil, nil, fmt.Errorf("not a time-stamp token: %w", errors.Join(err, trailing(rest)))
	}
	if !c.Type.Equal(oidSignedData) || !c.Data.Inside.Type.Equal(oidTSTInfo) || len(c.Data.Signers) != 1 {
		return info{}, nil, nil, errors.New("not a time-stamp token of one authority")
	}
	var i info
	if _, err := asn1.Unmarshal(c.Data.Inside.Data, &i); err != nil {
		return info{}, nil, nil, fmt.Errorf("what a time-stamp token states: %w", err)
	}
	var bag asn1.RawValue
	if _, err := asn1.Unmarshal(c.Data.Certificates.Raw, &bag); err != nil {
		return info{}, nil, nil, errors.New("a time-stamp token without certificates")
	}
	all, err := smx509.ParseCertificates(bag.Bytes)
	if err != nil {
		return info{}, nil, nil, fmt.Errorf("certificates of a time-stamp token: %w", err)
	}
	by, err := c.Data.Signers[0].check(c.Data.Inside.Data, all)
	return i, by, all, err
}

func trailing(rest []byte) error {
	if len(rest) > 0 {
		return fmt.Errorf("%d bytes too many", len(rest))
	}
	return nil
}

// check finds the certificate under which the signer has signed the content.
func (s signer) check(inside []byte, all []*smx509.Certificate) (*smx509.Certificate, error) {
	digest, err := sum(s.Digest.OID, inside)
	if err != nil {
		return nil, err
	}
	if len(s.Signed.Raw) == 0 {
		return nil, errors.New("a time-stamp token without signed attributes")
	}
	attributes := bytes.Clone(s.Signed.Raw)
	attributes[0] = asn1.TagSet | 0x20 // they are signed as a SET, and lie under a tag of their own
	var list []attribute
	if _, err := asn1.UnmarshalWithParams(attributes, &list, "set"); err != nil {
		return nil, fmt.Errorf("attributes of a time-stamp token: %w", err)
	}
	said := false
	for _, a := range list {
		var d []byte
		if a.Type.Equal(oidMessageDigest) {
			if _, err := asn1.Unmarshal(a.Values.Bytes, &d); err != nil || !bytes.Equal(d, digest) {
				return nil, errors.New("the time-stamp token was altered")
			}
			said = true
		}
	}
	if !said {
		return nil, errors.New("the time-stamp token does not say what was signed")
	}
	for _, c := range all {
		if c.CheckSignature(signatureOf(s.Digest.OID, c), attributes, s.Value) == nil {
			return c, nil
		}
	}
	return nil, errors.New("the signature of the time-stamp token is none of its certificates'")
}

func sum(hash asn1.ObjectIdentifier, data []byte) ([]byte, error) {
	switch {
	case hash.Equal(oidSHA256):
		h := sha256.Sum256(data)
		return h[:], nil
	case hash.Equal(oidSHA384), hash.Equal(oidSHA512):
		h := crypto.SHA384.New()
		if hash.Equal(oidSHA512) {
			h = crypto.SHA512.New()
		}
		_, _ = h.Write(data)
		return h.Sum(nil), nil
	case hash.Equal(oidSM3):
		h := sm3.Sum(data)
		return h[:], nil
	}
	return nil, fmt.Errorf("a time-stamp token under the hash %v", hash)
}

func signatureOf(hash asn1.ObjectIdentifier, c *smx509.Certificate) smx509.SignatureAlgorithm {
	if hash.Equal(oidSM3) {
		return smx509.SM2WithSM3
	}
	of := map[string][2]x509.SignatureAlgorithm{
		oidSHA256.String(): {x509.SHA256WithRSA, x509.ECDSAWithSHA256},
		oidSHA384.String(): {x509.SHA384WithRSA, x509.ECDSAWithSHA384},
		oidSHA512.String(): {x509.SHA512WithRSA, x509.ECDSAWithSHA512},
	}[hash.String()]
	switch c.PublicKey.(type) {
	case *rsa.PublicKey:
		return of[0]
	case *ecdsa.PublicKey:
		return of[1]
	}
	return x509.UnknownSignatureAlgorithm
}

// moment is a GeneralizedTime, with or without parts of a second.
func moment(v asn1.RawValue) (time.Time, error) {
	return time.Parse("20060102150405Z0700", string(v.Bytes))
}
