package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/field"
)

// keysFlag is the flag of commands that send requests through Temporal or apply
// them. Secrets belong into a file or the environment, not into a command line that others see.
func keysFlag(c *cobra.Command) *string {
	return c.Flags().
		String("keys", "",
			"file of the keys that seal requests and hide payloads; default: the environment's QUANCHENG_KEYS, a file name or the JSON itself")
}

// loadKeys reads the keys of a process that does not start without them.
func loadKeys(flag string) (*trust.Keys, error) {
	if flag == "" {
		flag = os.Getenv("QUANCHENG_KEYS")
	}
	if flag == "" {
		return nil, inWords("keys-missing", nil)
	}
	k, err := trust.Load(flag)
	if err != nil {
		return nil, inWords("keys-unusable", map[string]string{"cause": err.Error()})
	}
	return k, nil
}

// devKeys are the keys of a desk, made at its first start. The mark remembers that
// they were made: without the old ones nobody reads what Temporal has stored, so
// that lost keys are never replaced in silence.
func devKeys(file, mark string) (*trust.Keys, error) {
	_, lost := os.Stat(file)
	_, unmade := os.Stat(mark)
	if errors.Is(lost, fs.ErrNotExist) && unmade == nil {
		return nil, inWords("keys-lost", map[string]string{"file": file, "mark": mark})
	}
	k, err := trust.LoadOrMake(file)
	if err != nil || unmade == nil {
		return k, err
	}
	return k, os.WriteFile(mark, nil, 0o600)
}

// inWords is a sentence of the catalogues for whoever starts the program.
func inWords(key string, args map[string]string) error {
	return errors.New(texts.Text(texts.Chinese, key, args) + "\n" + texts.Text(texts.English, key, args))
}

func keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Make, change and show the keys that seal requests, hide what Temporal stores, and sign papers"}
	c.AddCommand(keysNewCommand(), keysRotateCommand(), keysResealCommand(), keysShowCommand())
	return c
}

func keysNewCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new FILE",
		Short: "Make the first keys",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err == nil {
				return fmt.Errorf(
					"%s is there: keys rotate adds new keys to it; without the old ones nobody reads what they have encrypted", args[0],
				)
			}
			k := trust.New(time.Now())
			if err := k.Save(args[0]); err != nil {
				return err
			}
			return listKeys(c, k)
		},
	}
}

func keysRotateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rotate FILE",
		Short: "Add new keys that are used from a moment on, and give the old signing keys their end",
		Long: `Add new keys that are used from a moment on, and give the old signing keys their end.
Bring the file to every process and restart it before that moment: a process without it
believes no request that is sealed with the new key. When the new keys are used, quancheng keys reseal
encrypts personal numbers in the books with them.`,
		Args: cobra.ExactArgs(1),
	}
	after := c.Flags().Duration("after", 24*time.Hour, "how long until the new keys are used")
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := trust.Load(args[0])
		if err != nil {
			return err
		}
		k = k.Rotated(time.Now().Add(*after))
		if err := k.Save(args[0]); err != nil {
			return err
		}
		return listKeys(c, k)
	}
	return c
}

func keysResealCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "reseal",
		Short: "Encrypt personal numbers and keys of second factors in the books again, with the newest key that is used",
		Long: `Encrypt personal numbers and keys of second factors in the books again, with the newest key that is used, in small
transactions beside the running platform. It can be stopped and begun again. Payload keys stay in the file all the same: histories
and backups that they encrypted need them.`,
		Args: cobra.NoArgs,
	}
	dsn, keyFile := databaseFlag(c), keysFlag(c)
	person := c.Flags().String("person", "system", "in whose name")
	reason := c.Flags().String("reason", "", "why")
	_ = c.MarkFlagRequired("reason")
	c.RunE = func(c *cobra.Command, _ []string) error {
		keys, err := loadKeys(*keyFile)
		if err != nil {
			return err
		}
		cipher := field.New(keys)
		return withDatabase(*dsn, func(db *models.DB) error {
			for total := 0; ; {
				n := 0
				err := db.Tx(c.Context(), func(tx *gorm.DB) (err error) {
					n, err = office.Reseal(tx, models.Acting{Person: *person, At: time.Now(), Reason: *reason}, cipher, cipher.Present())
					return err
				})
				if total += n; err != nil || n == 0 {
					fmt.Fprintf(c.OutOrStdout(), "%d values were encrypted again with %s\n", total, cipher.Present())
					return err
				}
			}
		})
	}
	return c
}

func keysShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "show FILE",
		Short: "List keys and their validity, without secrets",
		Args:  cobra.ExactArgs(1),
	}
	public := c.Flags().Bool("public", false, "print the public signing keys as JSON, for the file of a process that must believe this one")
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := trust.Load(args[0])
		if err != nil {
			return err
		}
		if !*public {
			return listKeys(c, k)
		}
		raw, err := k.Public().JSON()
		if err != nil {
			return err
		}
		_, err = c.OutOrStdout().Write(raw)
		return err
	}
	return c
}

func listKeys(c *cobra.Command, k *trust.Keys) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KEY\tFOR\tUSED FROM\tBELIEVED UNTIL")
	for _, s := range k.Signing {
		use, until := "signing", "-"
		if len(s.Private) == 0 {
			use = "verifying"
		}
		if s.Until != nil {
			until = s.Until.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.ID, use, s.From.Local().Format(time.DateTime), until)
	}
	for _, p := range k.Payload {
		fmt.Fprintf(w, "%s\tpayloads\t%s\t-\n", p.ID, p.From.Local().Format(time.DateTime))
	}
	for _, h := range k.House {
		fmt.Fprintf(w, "%s\tpapers\t%s\t-\n", h.ID, h.From.Local().Format(time.DateTime))
	}
	return w.Flush()
}
