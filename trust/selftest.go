package trust

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// answer is a known answer of an algorithm: what it gives must be what the standard says.
type answer struct {
	name, from string // of the algorithm, and where the answer stands
	give       func() ([]byte, error)
	want       string // hex
}

var answers = []answer{
	{
		"SM3", "GB/T 32905 A.1", func() ([]byte, error) { h := sm3.Sum([]byte("abc")); return h[:], nil },
		"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
	},
	{"SM4", "GB/T 32907 A.1", func() ([]byte, error) {
		b, err := sm4.NewCipher(unhex("0123456789abcdeffedcba9876543210"))
		if err != nil {
			return nil, err
		}
		out := make([]byte, 16)
		b.Encrypt(out, unhex("0123456789abcdeffedcba9876543210"))
		return out, nil
	}, "681edf34d206965e86b3e94f536e4246"},
	{"SM4-GCM", "RFC 8998 A.1", func() ([]byte, error) {
		b, err := sm4.NewCipher(unhex("0123456789abcdeffedcba9876543210"))
		if err != nil {
			return nil, err
		}
		return gcm(
			b, "00001234567800000000abcd",
			"aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
			"feedfacedeadbeeffeedfacedeadbeefabaddad2",
		)
	}, "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15" +
		"a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"},
	{"AES-256-GCM", "NIST GCM, case 13", func() ([]byte, error) {
		b, err := aes.NewCipher(make([]byte, 32))
		if err != nil {
			return nil, err
		}
		return gcm(b, "000000000000000000000000", "", "")
	}, "530f8afbc74536b9a963b4f1c4cb738b"},
	{"Ed25519", "RFC 8032 7.1", func() ([]byte, error) {
		return ed25519.Sign(ed25519.NewKeyFromSeed(unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")), nil), nil
	}, "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
	{"SM2", "GB/T 32918.5 A.2", sm2Answer, "01"},
}

// SelfTest computes the known answers of every algorithm that the platform leans on. A process whose
// cryptography is wrong must not begin (GB/T 39786): it would seal what nobody believes, or hide nothing.
func SelfTest() error {
	var errs []error
	for _, a := range answers {
		got, err := a.give()
		if err == nil && !bytes.Equal(got, unhex(a.want)) {
			err = errors.New("another answer than the standard's")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s (%s): %w", a.name, a.from, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("trust: the self-test of the cryptography failed: %w", err)
	}
	return nil
}

// sm2Answer verifies the standard's signature, and one of our own with the standard's key; a signature has a
// random part, so that it is not the signature that is compared. 01: as it should be.
func sm2Answer() ([]byte, error) {
	x, y := new(
		big.Int,
	).SetBytes(unhex("09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020")),
		new(
			big.Int,
		).SetBytes(unhex("ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"))
	public := &ecdsa.PublicKey{Curve: sm2.P256(), X: x, Y: y}
	message, id := []byte("message digest"), []byte("1234567812345678")
	known, err := asn1.Marshal(struct{ R, S *big.Int }{
		new(
			big.Int,
		).SetBytes(unhex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3")),
		new(big.Int).SetBytes(unhex("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")),
	})
	if err != nil {
		return nil, err
	}
	private := &sm2.PrivateKey{
		PrivateKey: ecdsa.PrivateKey{
			PublicKey: *public, D: new(big.Int).SetBytes(unhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")),
		},
	}
	own, err := private.SignWithSM2(rand.Reader, id, message)
	if err != nil {
		return nil, err
	}
	switch {
	case !bytes.Equal(elliptic.Marshal(sm2.P256(), x, y)[1:33], unhex("09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020")):
		return nil, errors.New("the key is not the standard's")
	case !sm2.VerifyASN1WithSM2(public, id, message, known):
		return nil, errors.New("the standard's signature is not known")
	case !sm2.VerifyASN1WithSM2(public, id, message, own):
		return nil, errors.New("our own signature is not known")
	case sm2.VerifyASN1WithSM2(public, id, []byte("another message"), known):
		return nil, errors.New("a signature holds over another message")
	}
	return []byte{1}, nil
}

func gcm(b cipher.Block, nonce, plain, beside string) ([]byte, error) {
	aead, err := cipher.NewGCM(b)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, unhex(nonce), unhex(plain), unhex(beside)), nil
}

// unhex reads a constant.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("trust: " + err.Error())
	}
	return b
}
