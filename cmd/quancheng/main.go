// Command quancheng is the whole platform in one binary: one subcommand a file.
package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
)

// subcommands are made by the files of this folder. The list is the table of contents.
var subcommands = []func() *cobra.Command{
	devCommand,
	serveCommand,
	workerCommand,
	migrateCommand,
	deployCommand,
	startCommand,
	repairCommand,
	doctorCommand, backupCommand, restoreCommand,
	keysCommand, versionCommand,
	papersCommand,
	setupCommand,
	organisationCommand, projectsCommand,
	reconcileCommand,
	seedCommand,
	playCommand,
	reportCommand,
	auditCommand,
	calendarCommand,
	chaosCommand,
	conformanceCommand,
	lintCommand, checksCommand, rulepackCommand,
	verifyCommand,
	similarityCommand,
	benchCommand,
}

// errReported ends the program with status 1 when the command has said why.
var errReported = errors.New("reported")

// errUndecided ends the program with status 2: the command cannot say yes or no, and has said why.
var errUndecided = errors.New("undecided")

func main() {
	root := &cobra.Command{
		Use:           "quancheng",
		Short:         "Workflow-orchestrated approval of government IT projects",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return logSettings() }
	for _, make := range subcommands {
		root.AddCommand(make())
	}
	if err := root.Execute(); err != nil {
		switch {
		case errors.Is(err, errUndecided):
			os.Exit(2)
		case !errors.Is(err, errReported):
			root.PrintErrln("quancheng:", err)
		}
		os.Exit(statusOf(err))
	}
}
