package books

import (
	"encoding/json"
	"testing"

	"github.com/quancheng/quancheng/models"
)

// TestWhoseAPaymentIs: an application or a payment belongs to the request that it names, else to the oldest of
// its amount that has none; never to a draft, which nobody has sent.
func TestWhoseAPaymentIs(t *testing.T) {
	amount, err := models.ParseMoney("100.00")
	if err != nil {
		t.Fatal(err)
	}
	request := func(no, state, app string) RequestView {
		return RequestView{PaymentRequest: PaymentRequest{RequestNo: no, State: state, Amount: amount}, AppNo: app}
	}
	const said = `{"pay_app_no":"SQ1","pay_app_amt":"100.00"}`
	for name, c := range map[string]struct {
		views []RequestView
		data  string
		owner string
	}{
		"by amount":                {[]RequestView{request("1", PaymentPending, ""), request("2", PaymentPending, "")}, said, "1"},
		"by amount, not a draft's": {[]RequestView{request("1", PaymentDraft, ""), request("2", PaymentPending, "")}, said, "2"},
		"of a draft alone":         {[]RequestView{request("1", PaymentDraft, "")}, said, ""},
		"by application":           {[]RequestView{request("1", PaymentPending, ""), request("2", PaymentPending, "SQ1")}, said, "2"},
		"by a draft's application": {[]RequestView{request("1", PaymentDraft, "SQ1"), request("2", PaymentPending, "")}, said, "2"},
		"by number":                {[]RequestView{request("1", PaymentPending, ""), request("2", PaymentPending, "")}, `{"request_no":"2"}`, "2"},
		"by a draft's number":      {[]RequestView{request("1", PaymentDraft, ""), request("2", PaymentPending, "")}, `{"request_no":"1","pay_app_amt":"100.00"}`, ""},
		"has another one":          {[]RequestView{request("1", PaymentPending, "SQ0")}, said, ""},
		"another amount":           {[]RequestView{request("1", PaymentPending, "")}, `{"pay_app_no":"SQ1","pay_app_amt":"100.01"}`, ""},
		"an amount that is none":   {[]RequestView{request("1", PaymentPending, "")}, `{"pay_app_no":"SQ1","pay_app_amt":"x"}`, ""},
	} {
		var d FactData
		if err := json.Unmarshal([]byte(c.data), &d); err != nil {
			t.Fatal(err)
		}
		got := ""
		if r := owner(c.views, d, "pay_app_amt"); r != nil {
			got = r.RequestNo
		}
		if got != c.owner {
			t.Errorf("%s: %q, not %q", name, got, c.owner)
		}
	}
}
