## Wer etwas getan hat, wenn kein Name bekannt ist
people-former-member = Ein früheres Teammitglied
people-client = API-Client { $client }
people-customer = Kunde { $customer }
people-guerdon = Guerdon, { $part }
