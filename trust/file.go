package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Parse reads keys from their JSON. Unknown fields are refused: a misspelt
// "until" would make a key last for ever.
func Parse(raw []byte) (*Keys, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	k := &Keys{now: time.Now}
	if err := dec.Decode(k); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if err := k.Check(); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return k, nil
}

// Load reads keys from a file, or from the JSON itself where it is given in the
// place of a name, as an environment variable does.
func Load(fileOrJSON string) (*Keys, error) {
	if strings.HasPrefix(strings.TrimSpace(fileOrJSON), "{") {
		return Parse([]byte(fileOrJSON))
	}
	raw, err := os.ReadFile(fileOrJSON)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	k, err := Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fileOrJSON, err)
	}
	return k, nil
}

// LoadOrMake reads the keys of a desk, or makes them at its first start, in a
// directory that only the owner can enter.
func LoadOrMake(file string) (*Keys, error) {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		k, err := Load(file)
		if err != nil || len(k.House) > 0 {
			return k, err
		}
		k.House = []HouseKey{newHouse(time.Now())} // the file of a former release
		return k, k.Save(file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	k := New(time.Now())
	return k, k.Save(file)
}

// Save writes keys into a file of the owner's alone. A process that is killed
// meanwhile leaves the old file or the new one, never half of it.
func (k *Keys) Save(file string) error {
	raw, err := k.JSON()
	if err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(file), ".keys-") // readable by the owner only
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	_, err = fresh.Write(raw)
	err = errors.Join(err, fresh.Sync(), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("keys: %w", errors.Join(err, os.Remove(fresh.Name())))
	}
	return nil
}

// JSON is the form of the file.
func (k *Keys) JSON() ([]byte, error) {
	raw, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return append(raw, '\n'), nil
}
