#!/bin/sh
# Sends the files of a HubSpot write-back to HubSpot's import API:
#
#   HUBSPOT_TOKEN=pat-... examples/hubspot-import.sh out/latest/write_back/hubspot && flamescore delivered hubspot
#
# HubSpot imports them in its own time; what it makes of them stands under Imports there. A file that it does not
# take ends this with 1, and what was sent before it is told: nothing is sent twice by running it again, for HubSpot
# updates the same contacts to the same values.
set -eu

folder=${1:-out/latest/write_back/hubspot}
name=$(basename "$folder")
api=${HUBSPOT_API:-https://api.hubapi.com}
: "${HUBSPOT_TOKEN:?set it to the token of a private app that may import contacts}"

for request in "$folder"/importRequest-*.json; do
    if [ ! -e "$request" ]; then
        echo "nothing to import in $folder"
        exit 0
    fi
    number=${request##*/importRequest-}
    file=$folder/$name-${number%.json}.csv
    # The token comes by standard input: arguments are there for every account of the machine to read.
    printf 'Authorization: Bearer %s\n' "$HUBSPOT_TOKEN" |
        curl --fail --silent --show-error --max-time 300 -H @- \
            -F "importRequest=<$request;type=application/json" -F "files=@$file;type=text/csv" \
            --output /dev/null "$api/crm/v3/imports"
    echo "sent $file"
done
