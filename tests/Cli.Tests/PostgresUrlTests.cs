using CsCheck;
using Npgsql;
using QLearning.Abstractions;

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

    [Theory]
    [InlineData("sslmode=verify-full&sslrootcert=ca.crt", "SSL Mode=VerifyFull;Root Certificate=ca.crt")]
    [InlineData("sslmode=verify-ca&sslcert=me.crt&sslkey=me.key", "SSL Mode=VerifyCA;SSL Certificate=me.crt;SSL Key=me.key")]
    [InlineData("sslmode=require&channel_binding=require", "SSL Mode=Require;Channel Binding=Require")]
    [InlineData("sslmode=require&sslnegotiation=direct", "SSL Mode=Require;SSL Negotiation=Direct")]
    [InlineData("gssencmode=disable&sslpassword=p", "GSS Encryption Mode=Disable;SSL Password=p")]
    [InlineData("target_session_attrs=read-write&connect_timeout=7", "Target Session Attributes=read-write;Timeout=7")]
    [InlineData("user=u&dbname=d&application_name=a", "Username=u;Database=d;Application Name=a")]
    public void Parameters_have_the_names_and_the_values_that_psql_takes(string parameters, string keywords) => Assert.Equal(
        Values($"Host=h;Database=d;{keywords}"), Values(PostgresUrl.ToConnectionString($"postgresql://h/d?{parameters}")));

    [Theory]
    [InlineData("sslmode=whatever", "'sslmode'")]
    [InlineData("connect_timeout=soon", "'connect_timeout'")]
    [InlineData("password=a&secret", "cannot be read. Allowed:")]
    public void A_parameter_whose_value_is_not_allowed_is_named_and_nothing_that_may_be_a_password(string parameters, string words)
    {
        var error = Assert.Throws<InvalidInputException>(() => PostgresUrl.ToConnectionString($"postgresql://h/d?{parameters}"));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("whatever", error.Message, StringComparison.Ordinal);
    }

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

    private static string[] Values(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return
        [
            .. builder.Keys.Cast<string>().Select(keyword => $"{keyword}={builder[keyword]}").Where(pair => pair is not [.., '='])
                .Order(StringComparer.Ordinal),
        ];
    }
}
