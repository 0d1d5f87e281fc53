"""The models of the market: who hosts them, what they can do, what they cost by public lists.

open_models.toml     open weights, with the figures that a server's memory depends on
hosted_models.toml   what vendors say of their models beyond prices
hosted_limits.csv    what a public list says where they do not
price_data           what the installed price package holds, as rows
seeding              all of it into the database, as often as one likes
"""
