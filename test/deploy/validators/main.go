// Reads schemas and cases from standard input, and says of each case whether its event fits its schema.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func main() {
	given, err := jsonschema.UnmarshalJSON(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	input := given.(map[string]any)
	compiler := jsonschema.NewCompiler()
	for name, schema := range input["schemas"].(map[string]any) {
		if err := compiler.AddResource("file:///"+name, schema); err != nil {
			log.Fatal(err)
		}
	}
	fits := []bool{}
	for _, each := range input["cases"].([]any) {
		one := each.(map[string]any)
		schema, err := compiler.Compile("file:///" + one["schema"].(string))
		if err != nil {
			log.Fatal(err)
		}
		fits = append(fits, schema.Validate(one["event"]) == nil)
	}
	if err := json.NewEncoder(os.Stdout).Encode(fits); err != nil {
		log.Fatal(err)
	}
}
