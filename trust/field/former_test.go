package field_test

// formerKeys sealed formerValue, a mobile number, in a release that knew AES-GCM alone.
const (
	formerKeys = `{
 "signing": [
  {
   "id": "s-1bd7dfecc3f8c573",
   "public": "hKIaUyqc7aaxHPuRxKSpWyULaUQ/zueNzw6zT+4czmU=",
   "private": "cO64VW0ZSpvcqFBnDQastn6WgLowoUDsuV5JK4cCezM=",
   "from": "2026-01-01T00:00:00Z"
  }
 ],
 "payload": [
  {
   "id": "p-0000000000000001",
   "secret": "NNvU88uLL1LAEXlnp9Vzox4Q32PidVUsSPoItoIyvR4=",
   "from": "2026-01-01T00:00:00Z"
  }
 ]
}
`
	formerValue = "b899557fbd28c3196a514ad5266a20ebb010e1ccc04770f4f93cc80edbd0fa18103096e1bef0ff"
)
