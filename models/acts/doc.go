// Package acts holds the commands that move no token (DESIGN §7): drafts
// and their lines, findings raised by hand, a partner's facts registered by
// hand. Each runs in the caller's transaction, returns rows or a
// *models.Refusal, and appends to the audit chain of its register.
//
// Whether the person holds a permission (books.backregister, partner.operate …)
// is the API's to say; whose matter it is, and whether it can be done now, is said here.
package acts
