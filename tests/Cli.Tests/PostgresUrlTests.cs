using CsCheck;
using Npgsql;

namespace QLearning.Cli.Tests;

/// <summary>Addresses of databases in the form of psql and in that of Npgsql.</summary>
public sealed class PostgresUrlTests
{
    private static readonly Gen<string> _words = Gen.String[Gen.Char["abcXYZ019 @:/?#&=%;'ü"], 1, 12].Where(text => text.Trim() == text);

    [Fact]
    public void A_url_made_from_a_connection_string_gives_it_back() =>
        Gen.Select(_words, _words, _words, Gen.Int[1, 65_535]).Sample((user, password, database, port) =>
        {
            var original = new NpgsqlConnectionStringBuilder
            {
                Host = "db.example",
                Port = port,
                Username = user,
                Password = password,
                Database = database,
            };

            var back = new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(PostgresUrl.From(original)));

            return (back.Host, back.Port, back.Username, back.Password, back.Database) == ("db.example", port, user, password, database);
        });

    [Fact]
    public void A_connection_string_of_keywords_is_taken_as_it_is() =>
        Assert.Equal(
            "Host=h;Port=5433;Database=d;Username=u",
            PostgresUrl.ToConnectionString("host=h;port=5433;database=d;username=u"));

    [Fact]
    public void A_unix_socket_keeps_its_folder()
    {
        var url = PostgresUrl.From(new NpgsqlConnectionStringBuilder
        {
            Host = "/run/postgresql",
            Port = 5433,
            Username = "u",
            Database = "d",
        });

        Assert.Equal("postgresql:///d?host=%2Frun%2Fpostgresql&port=5433&user=u", url);
        var back = new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(url));
        Assert.Equal(("/run/postgresql", 5433, "u", "d"), (back.Host, back.Port, back.Username, back.Database));
    }
}
