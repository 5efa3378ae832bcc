## Who did something, where no name is known
people-former-member = A former member
people-client = API client { $client }
people-customer = Customer { $customer }
people-guerdon = Guerdon, { $part }
