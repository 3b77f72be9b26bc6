"""Write files so that a killed run loses nothing and two runs never mix."""
